"""Postage for parcels."""
