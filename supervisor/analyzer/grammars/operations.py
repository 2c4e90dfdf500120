"""Shells, infrastructure, clouds and version control, and many small linters."""

from supervisor.analyzer.grammar import Grammar
from supervisor.analyzer.grammars.ansible import ANSIBLE_PLAYBOOK
from supervisor.analyzer.grammars.ci import GITHUB_ACTIONS
from supervisor.analyzer.grammars.cloud import AWS, FIREBASE
from supervisor.analyzer.grammars.docker import DOCKER, DOCKER_COMPOSE
from supervisor.analyzer.grammars.git import GH, GIT
from supervisor.analyzer.grammars.kubernetes import HELM, KUBECTL
from supervisor.analyzer.grammars.shell import SHELL
from supervisor.analyzer.grammars.small_linters import SMALL_LINTERS
from supervisor.analyzer.grammars.terraform import TERRAFORM

OPERATIONS: tuple[Grammar, ...] = (
    *(SHELL, ANSIBLE_PLAYBOOK),
    *(TERRAFORM, DOCKER, DOCKER_COMPOSE, KUBECTL, HELM, FIREBASE, AWS, GH, GIT),
    GITHUB_ACTIONS,
    *SMALL_LINTERS,
)
