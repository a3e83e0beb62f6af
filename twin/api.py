"""Everything that ``layers``, ``plugins`` and ``sample_data`` may import."""

from __future__ import annotations

from twin.core.errors import CannotRead as CannotRead
from twin.core.errors import TwinError as TwinError
from twin.core.i18n import mark as mark
from twin.core.i18n import tr as tr
from twin.core.i18n import trn as trn
from twin.host.library import OpenCity as OpenCity
from twin.host.library import OpenLayer as OpenLayer
from twin.host.library import open_city
from twin.host.session import Session as Session
from twin.model import feature as feature
from twin.model import shapes as shapes
from twin.model.layer import Column as Column
from twin.model.layer import Layer as Layer
from twin.model.view import Camera as Camera
from twin.model.view import View as View
from twin.work.commands import Help as Help

open = open_city
