"""What a glTF model looks like: its materials' colours and pictures (glTF 2.0, §3.9 and §3.8), for a plain light."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.core.i18n import mark
from twin.formats.gltf_document import Broken, Gltf, Primitive

Doubles = NDArray[np.float64]
_SIDE, _PIXELS = 4096, 1 << 26
"""Of a picture as it is drawn, and of one that is opened at all."""
_FORMATS = ("JPEG", "PNG", "WEBP")
_CLAMPED = 33071
STONE = (0.807, 0.694, 0.539)
"""Linear: what has no material at all."""


@dataclass(frozen=True)
class Look:
    """A material."""

    factor: tuple[float, ...] = (*STONE, 1.0)
    """Linear red, green, blue, and how opaque."""
    texture: int | None = None
    along: str = "TEXCOORD_0"
    turn: tuple[float, ...] = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
    """What brings a vertex's place in the picture there: two rows of three (KHR_texture_transform)."""
    cutoff: float = 0.0
    blended: bool = False
    unlit: bool = False


def look(gltf: Gltf, number: int | None) -> Look:
    """What a primitive is made of; stone where it doesn't say."""
    some = gltf.json.get("materials")
    if not isinstance(some, list) or not isinstance(number, int) or not 0 <= number < len(some):
        return Look()
    said = _dict(some[number])
    own = _dict(said.get("extensions"))
    older = _dict(own.get("KHR_materials_pbrSpecularGlossiness"))
    base = _dict(said.get("pbrMetallicRoughness"))
    factor = _floats(older.get("diffuseFactor", base.get("baseColorFactor")), 4, (1.0, 1.0, 1.0, 1.0))
    picture = _dict(older.get("diffuseTexture", base.get("baseColorTexture")))
    mode = said.get("alphaMode", "OPAQUE")
    cutoff = said.get("alphaCutoff", 0.5)
    turned = _dict(_dict(picture.get("extensions")).get("KHR_texture_transform"))
    index = picture.get("index")
    return Look(
        factor=factor,
        texture=index if isinstance(index, int) and index >= 0 else None,
        along=f"TEXCOORD_{turned.get('texCoord', picture.get('texCoord', 0))}",
        turn=_turn(turned),
        cutoff=float(cutoff) if mode == "MASK" and isinstance(cutoff, int | float) else 0.0,
        blended=mode == "BLEND",
        unlit="KHR_materials_unlit" in own,
    )


def picture(gltf: Gltf, number: int) -> tuple[NDArray[np.uint8], bool]:
    """(rows, columns, 4) of a texture, its first row where the second coordinate is 0, and whether it repeats."""
    said = _member(gltf, "textures", number)
    own = _dict(said.get("extensions"))
    source = _dict(own.get("EXT_texture_webp")).get("source", said.get("source"))
    if not isinstance(source, int) and own:
        raise Broken(mark("its pictures are compressed in a way that can’t be read"))
    image = _member(gltf, "images", source)
    body = gltf.view(image["bufferView"]) if "bufferView" in image else gltf.fetched(str(image.get("uri")))
    sampler = _member(gltf, "samplers", said["sampler"]) if isinstance(said.get("sampler"), int) else {}
    repeats = _CLAMPED not in (sampler.get("wrapS"), sampler.get("wrapT"))
    rows = _rows(body)
    if rows is None:
        raise Broken(mark("it has a picture that is too large"))
    return rows, repeats


def _rows(body: bytes) -> NDArray[np.uint8] | None:
    """A picture's pixels; None where it has too many."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(body), formats=_FORMATS) as opened:
            if opened.width * opened.height > _PIXELS:
                return None
            opened.draft("RGB", (_SIDE, _SIDE))
            if max(opened.size) > _SIDE:
                opened.thumbnail((_SIDE, _SIDE))
            return np.asarray(opened.convert("RGBA"))
    except Image.DecompressionBombError:
        return None
    except Exception:  # noqa: BLE001  decoders of pictures raise whatever comes
        raise Broken(mark("it has a picture that can’t be read")) from None


def colours(made: Look, primitive: Primitive) -> NDArray[np.uint8]:
    """(n, 4) sRGB of a primitive's vertices and how opaque they are, before any picture."""
    linear = np.tile(np.array(made.factor, np.float64), (len(primitive.points), 1))
    own = primitive.attributes.get("COLOR_0")
    if own is not None and own.ndim == 2 and own.shape[1] in (3, 4) and len(own) == len(linear):
        linear[:, : own.shape[1]] *= np.nan_to_num(own.astype(np.float64))
    linear = np.clip(linear, 0.0, 1.0)
    linear[:, :3] = srgb(linear[:, :3])
    return np.rint(linear * 255).astype(np.uint8)


def srgb(linear: Doubles) -> Doubles:
    """Light as a screen's numbers have it, 0 to 1 (IEC 61966-2-1)."""
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055)


def places(made: Look, primitive: Primitive) -> NDArray[np.float32] | None:
    """(n, 2) where in its picture each vertex is; None where it doesn't say."""
    own = primitive.attributes.get(made.along)
    if own is None or own.ndim != 2 or own.shape[1] != 2 or len(own) != len(primitive.points):
        return None
    turn = np.array(made.turn).reshape(2, 3)
    return np.asarray(np.nan_to_num(own.astype(np.float64) @ turn[:, :2].T + turn[:, 2]), np.float32)


def _turn(said: dict[str, Any]) -> tuple[float, ...]:
    shift, scale = _floats(said.get("offset"), 2, (0.0, 0.0)), _floats(said.get("scale"), 2, (1.0, 1.0))
    angle = _floats([said.get("rotation", 0.0)], 1, (0.0,))[0]
    cosine, sine = float(np.cos(angle)), float(np.sin(angle))
    return cosine * scale[0], sine * scale[1], shift[0], -sine * scale[0], cosine * scale[1], shift[1]


def _floats(said: Any, count: int, otherwise: tuple[float, ...]) -> tuple[float, ...]:
    try:
        made = np.array(said, np.float64).reshape(count)
    except (TypeError, ValueError):
        return otherwise
    return tuple(made.tolist()) if np.isfinite(made).all() else otherwise


def _member(gltf: Gltf, name: str, number: Any) -> dict[str, Any]:
    some = gltf.json.get(name)
    if not isinstance(some, list) or not isinstance(number, int) or not 0 <= number < len(some):
        raise Broken(mark("it points to something that is not there"))
    return _dict(some[number])


def _dict(said: Any) -> dict[str, Any]:
    return said if isinstance(said, dict) else {}
