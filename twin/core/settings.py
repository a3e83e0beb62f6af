"""What a person chose, kept in one small JSON file."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ValidationError

from twin.core import paths
from twin.core.i18n import Digits, Language

Theme = Literal["dark", "light"]


class Settings(BaseModel):
    """A person's choices; an unreadable file gives the defaults, never an error."""

    language: Language = "en"
    digits: Digits = "western"
    theme: Theme = "light"
    display_name: str = ""
    """The name that the audit log shows beside the system's user; it is no login."""
    recent: list[Path] = []
    reduced_motion: bool = False
    tile_cache: int = 1024
    """MB that the city's tiles may take, here and on the card; what was seen least recently goes first."""
    table_height: int = 0
    """Pixels of the panel of table and log, as a hand has pulled it; 0 where none has."""
    tips_read: bool = False
    """Whether the first run's tips were read."""

    @classmethod
    def load(cls) -> Settings:
        """The settings as last saved."""
        try:
            return cls.model_validate_json(_file().read_bytes())
        except (OSError, ValidationError, ValueError):
            return cls()

    def save(self) -> None:
        """Write them whole or not at all; a folder that can't be written loses only the choice."""
        with contextlib.suppress(OSError):
            draft = _file().with_suffix(".part")
            draft.write_text(self.model_dump_json(indent=1), encoding="utf-8")
            draft.replace(_file())

    def opened(self, city: Path) -> None:
        """Put a city first among the recent ones."""
        self.recent = [city, *(known for known in self.recent if known != city)][:9]
        self.save()


def _file() -> Path:
    return paths.config() / "settings.json"
