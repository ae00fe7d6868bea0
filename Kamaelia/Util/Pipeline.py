"""Pipelines, under an old name."""

from Kamaelia.Chassis.Pipeline import Pipeline as _Pipeline
from Kamaelia.Support.Deprecate import makeClassStub

__all__ = ["Pipeline", "pipeline"]

_MESSAGE = "use Kamaelia.Chassis.Pipeline.Pipeline instead of Kamaelia.Util.Pipeline.{}"
Pipeline = makeClassStub(_Pipeline, _MESSAGE.format("Pipeline"))
pipeline = makeClassStub(_Pipeline, _MESSAGE.format("pipeline"))
