"""What a fragment's colour goes through on its way to the screen: floors and windows, shade, sea and sand, haze.

Each is one ``vtkShaderProperty`` that many actors share, so that VTK compiles it once.
"""

from __future__ import annotations

from typing import Any

from vtkmodules.vtkRenderingCore import vtkShaderProperty
from vtkmodules.vtkRenderingOpenGL2 import vtkOpenGLShaderProperty

from twin.model.shapes import Colour
from twin.scene import facades
from twin.scene.ground import REACH, Sides
from twin.scene.light import Sky

_SHOAL, _FOAM, _BEACH = 140.0, 6.0, 14.0
"""Metres from the coast (ART)."""
_LAMPS = 24.0
"""Metres from lamp to lamp."""

_POSITION, _COLOUR, _TEXTURE = "//VTK::PositionVC::", "//VTK::Color::Dec", "//VTK::TCoord::Impl"
_POOLS = """
  vec2 metres = at * vec2({wide:.2f}, {tall:.2f});
  vec2 post = floor(metres / {apart});
  vec2 off = metres - (post + 0.5 + 0.12 * (vec2(chance(post), chance(post + 7.0)) - 0.5)) * {apart};
  float pool = mix(exp(-dot(off, off) / 45.0), 0.22, smoothstep(4.0, 14.0, max(fwidth(metres.x), fwidth(metres.y))));
  gl_FragData[0].rgb += vec3(1.0, 0.788, 0.471) * laid.a * (0.16 + 0.60 * pool);
"""


def solid(sky: Sky, sun: Any, parts: facades.Parts) -> vtkOpenGLShaderProperty:
    """Buildings: their façades and roofs, and haze, which must not change what an overlay's colour means."""
    made = vtkOpenGLShaderProperty()
    _vertex(made, "in vec4 facade;\nout vec4 wall;\nout vec2 place;\n", "  wall = facade;\n  place = vertexMC.xy;\n")
    declared = "in vec4 wall;\nin vec2 place;\n" + facades.FUNCTIONS
    _fragment(made, declared, facades.drawn(sky, sun, parts) + _haze(sky, 0.15 if parts.overlaid else 1.0))
    return made


def flat(sky: Sky, shade: Sides | None, lift: float) -> vtkOpenGLShaderProperty:
    """Roads and areas: the shade and the lamps' light that lie on the ground lie on them too.

    ``lift`` brings them before the ground in the depth's own unit, so that they never flicker where metres are too few.
    """
    made = vtkOpenGLShaderProperty()
    _vertex(made, "", f"  gl_Position.z -= {lift:.1e} * gl_Position.w;\n")
    done = "  vec2 at = tcoordVCVSOutput;\n" + _shaded(sky, shade, "1.0") if shade else ""
    _fragment(made, facades.FUNCTIONS, done + _haze(sky))
    return made


def ground(sky: Sky, coast: Sides, close: float, shade: Sides | None) -> vtkOpenGLShaderProperty:
    """Sand, beach, foam, shoal and deep sea by the distance to the coast; the shade; haze to the horizon's colour."""
    made = vtkOpenGLShaderProperty()
    _vertex(made, "out vec2 spot;\n", "  spot = vertexMC.xy;\n")
    painted = (
        f"  vec4 told = texture(coast, {_within(coast)}) - 128.0 / 255.0;\n"
        "  float edge = smoothstep(0.36, 0.46, abs(told.a));\n"
        f"  float out_ = mix(told.a * {2 * close:.2f}, told.r * {2 * REACH:.1f}, edge);\n"
        "  float blur = max(0.05, 0.7 * fwidth(out_));\n"
        f"  vec3 land = mix({_vec(sky.ground)}, {_vec(sky.beach)}, clamp(1.0 + out_ / {_BEACH}, 0.0, 1.0));\n"
        f"  float deep = clamp(out_ / {_SHOAL}, 0.0, 1.0);\n"
        f"  vec3 wet = mix({_vec(sky.shoal)}, {_vec(sky.deep)}, deep * (1.6 - 0.6 * deep));\n"
        f"  float foam = clamp(1.0 - abs(out_ - {_FOAM / 2}) / max({_FOAM / 2}, blur), 0.0, 1.0)"
        f" * min(1.0, {_FOAM / 2} / blur);\n"
        f"  wet = mix(wet, {_vec(sky.foam)}, {sky.foam_share:.3f} * foam);\n"
        "  gl_FragData[0] = vec4(mix(land, wet, smoothstep(-blur, blur, out_)), 1.0);\n"
    )
    if shade:
        # Beyond its sides a mipmapped texture gives its mean.
        painted += (
            f"  vec2 at = {_within(shade)};\n  vec2 inside = step(vec2(0.0), at) * step(at, vec2(1.0));\n"
        ) + _shaded(sky, shade, "inside.x * inside.y")
    _fragment(made, "in vec2 spot;\n" + facades.FUNCTIONS, painted + _haze(sky))
    return made


def see(material: vtkShaderProperty, clear: float) -> None:
    """So many times farther an eye sees through the haze: one that looks from afar sees what it looks at."""
    material.GetVertexCustomUniforms().SetUniformf("clear", clear)


def _shaded(sky: Sky, shade: Sides, share: str) -> str:
    """The shade at ``at``, and by night pools of light along the roads."""
    done = f"  vec4 laid = texture(shade, at) * {share};\n  {_mixed(sky.shadow, 'laid.r')}\n"
    if not sky.windows:
        return done
    return done + _POOLS.format(wide=shade[2] - shade[0], tall=shade[3] - shade[1], apart=_LAMPS)


def _within(sides: Sides) -> str:
    """Texture coordinates of a spot; the sides are relative to the actor's origin."""
    return f"(spot - vec2({sides[0]:.3f}, {sides[1]:.3f})) / vec2({sides[2] - sides[0]:.3f}, {sides[3] - sides[1]:.3f})"


def _haze(sky: Sky, most: float = 1.0) -> str:
    """Nothing up to 1.5 km, 45 % at 5 km, all at 12 km (ART), by the depth along the view."""
    return (
        "  float mist = away < 5000.0 ? 0.45 * clamp((away - 1500.0) / 3500.0, 0.0, 1.0)"
        " : min(1.0, 0.45 + 0.55 * (away - 5000.0) / 7000.0);\n"
        f"  gl_FragData[0].rgb = mix(gl_FragData[0].rgb, {_vec(sky.horizon)}, min(mist, {most:.2f}));\n"
    )


def _mixed(colour: Colour, share: str) -> str:
    return f"gl_FragData[0].rgb = mix(gl_FragData[0].rgb, {_vec(colour)}, {share});"


def _vec(colour: Colour) -> str:
    return f"vec3({', '.join(f'{part / 255:.4f}' for part in colour)})"


def _vertex(made: vtkOpenGLShaderProperty, declared: str, done: str) -> None:
    first = f"{_POSITION}Dec"
    made.AddVertexShaderReplacement(first, True, f"{first}\nout float away;\n{declared}", False)
    last = f"{_POSITION}Impl"
    made.AddVertexShaderReplacement(last, True, f"{last}\n  away = gl_Position.w / clear;\n{done}", False)
    see(made, 1.0)


def _fragment(made: vtkOpenGLShaderProperty, declared: str, done: str) -> None:
    made.AddFragmentShaderReplacement(_COLOUR, True, f"{_COLOUR}\nin float away;\n{declared}", False)
    # VTK's own line would multiply every texture in; what is written here stands in its place.
    made.AddFragmentShaderReplacement(_TEXTURE, True, done, False)
