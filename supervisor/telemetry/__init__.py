"""The telemetry room: events to bounded records, to segments, to checked archives."""
