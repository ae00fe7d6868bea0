"""The kernel: components, boxes, linkages and the scheduler that steps them.

`import Axon` imports its modules, so `Axon.Component.component` works.
"""

from Axon import (
    AdaptiveCommsComponent,
    AsyncComponent,
    AxonExceptions,
    Box,
    Component,
    CoordinatingAssistantTracker,
    Introspector,
    Ipc,
    Linkage,
    Microprocess,
    Postoffice,
    Scheduler,
    ThreadedComponent,
    debug,
    debugConfigFile,
    idGen,
    util,
)
from Axon.Base import AxonObject, AxonType

__all__ = [
    "AdaptiveCommsComponent",
    "AsyncComponent",
    "AxonExceptions",
    "AxonObject",
    "AxonType",
    "Box",
    "Component",
    "CoordinatingAssistantTracker",
    "Introspector",
    "Ipc",
    "Linkage",
    "Microprocess",
    "Postoffice",
    "Scheduler",
    "ThreadedComponent",
    "debug",
    "debugConfigFile",
    "idGen",
    "util",
]
