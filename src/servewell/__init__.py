"""Servewell: the service process as one BPMN document that is run, measured and redesigned."""

__version__ = "0.1.0"
