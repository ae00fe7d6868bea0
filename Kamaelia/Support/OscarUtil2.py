"""Packing, unpacking and constants of OSCAR: the second of two old module names.

The two modules hold the same; see Kamaelia.Support.OscarUtil.
"""

from Kamaelia.Support import OscarUtil
from Kamaelia.Support.OscarUtil import *  # noqa: F403 - this is what the module is for

__all__ = list(OscarUtil.__all__)
