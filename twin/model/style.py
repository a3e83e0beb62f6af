"""How a layer's features get their colours."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Method = Literal["quantile", "equal", "natural"]
"""Classes of equal count, of equal interval, or by natural breaks (Fisher 1958; Jenks 1977)."""

RAMPS: dict[str, tuple[str, ...]] = {
    "energy": ("#F7E7B7", "#F2B56B", "#DE7A4D", "#B23A54", "#6A1B4D"),
    "water": ("#E3F3EE", "#9BD3D0", "#4FA3BF", "#2B6CA3", "#1F3A6E"),
    "security": ("#EEEAF6", "#C4B7E2", "#9481C8", "#6650A4", "#3C2A73"),
    "living": ("#EEF4DF", "#BFDBA0", "#83B871", "#438A55", "#1E5A41"),
    "difference": ("#2B6CA3", "#9CC3DD", "#F3EEE4", "#EDA77C", "#B0480F"),
    "viridis": ("#FDE725", "#5EC962", "#21918C", "#3B528B", "#440154"),
    "cividis": ("#FEE838", "#BCAF6F", "#7C7B78", "#414D6B", "#00224E"),
    "batlow": ("#FACCFA", "#F19D6B", "#828231", "#226061", "#011959"),
}
"""Five stops from low to high, darker with more (ART); the last three by Smith and van der Walt, Nuñez, and Crameri."""


class Colouring(BaseModel):
    """Colour by a column: numbers in classes along a ramp, words as categories."""

    model_config = ConfigDict(frozen=True)

    column: str
    ramp: str = "energy"
    method: Method = "quantile"
    classes: Annotated[int, Field(ge=2, le=9)] = 5
