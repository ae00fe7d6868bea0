"""The kernel: components, boxes, linkages and the scheduler that steps them.

`import Axon` imports its modules, so `Axon.Component.component` works.
"""

from Axon import (
    AsyncComponent,
    AxonExceptions,
    Box,
    Component,
    CoordinatingAssistantTracker,
    Ipc,
    Linkage,
    Microprocess,
    Postoffice,
    Scheduler,
    debug,
    debugConfigFile,
    idGen,
    util,
)

__all__ = [
    "AsyncComponent",
    "AxonExceptions",
    "Box",
    "Component",
    "CoordinatingAssistantTracker",
    "Ipc",
    "Linkage",
    "Microprocess",
    "Postoffice",
    "Scheduler",
    "debug",
    "debugConfigFile",
    "idGen",
    "util",
]
