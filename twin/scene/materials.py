"""What a fragment's colour goes through on its way to the screen: floors and windows, shade, sea and sand, haze.

Each is one ``vtkShaderProperty`` that many actors share, so that VTK compiles it once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from vtkmodules.vtkRenderingCore import vtkShaderProperty
from vtkmodules.vtkRenderingOpenGL2 import vtkOpenGLShaderProperty

from twin.model.shapes import Colour, colour
from twin.scene import facades, growing, light, melting
from twin.scene.ground import REACH, Sides
from twin.scene.light import Sky
from twin.scene.melting import vec as _vec
from twin.scene.tones import COLOURED, HIDDEN, LIFTED, SELECTED, WIDE
from twin.scene.tree import HAZE

_SHOAL, _FOAM, _BEACH = 140.0, 6.0, 14.0
"""Metres from the coast (ART)."""
_LIFT = 0.08
"""How much of white the chosen feature takes."""
_SELECTED, _TAKES = colour("#2C9C96"), 0.75
"""The colour of a selection, and how much of it a selected feature takes."""
_LAMPS = 24.0
"""Metres from lamp to lamp."""

_TONE = (
    "in vec4 corner;\nin float slot;\nuniform sampler2D tones;\n"
    "flat out vec4 seen;\nout float dim;\n"
    "vec3 bytes(float of) { return mod(floor(of / vec3(1.0, 256.0, 65536.0)), 256.0); }\n"
)
_LIT = "flat in vec4 seen;\nin float dim;\n"
_LIGHT = "  gl_FragData[0].rgb = seen.rgb * max(dim, seen.a);\n"

_POSITION, _COLOUR, _TEXTURE = "//VTK::PositionVC::", "//VTK::Color::Dec", "//VTK::TCoord::Impl"
_THROUGH = "  gl_FragData[0].a = mix(gl_FrontFacing ? veil : 0.6 * veil, 1.0, min(mist, 1.0));\n"
"""Far away it is as opaque as the haze before it; from below one sees more of the light above."""
_POOLS = """
  vec2 post = floor(spot / {apart});
  vec2 off = spot - (post + 0.5 + 0.12 * (vec2(chance(post), chance(post + 7.0)) - 0.5)) * {apart};
  float pool = mix(exp(-dot(off, off) / 45.0), 0.22, smoothstep(4.0, 14.0, max(fwidth(spot.x), fwidth(spot.y))));
  gl_FragData[0].rgb += vec3(1.0, 0.788, 0.471) * laid.a * (0.16 + 0.60 * pool);
"""


def solid(sky: Sky, sun: Any, parts: facades.Parts) -> vtkOpenGLShaderProperty:
    """Buildings: their façades and roofs, and haze, which must not change what an overlay's colour means."""
    made, drawn = vtkOpenGLShaderProperty(), "" if parts.bare else facades.drawn(sky, sun, parts)
    if parts.near:
        stands, told = (
            "in vec4 facade;\nout vec4 wall;\nout vec2 place;\n",
            "  wall = facade;\n  place = vertexMC.xy;\n",
        )
        wall, measured = "in vec4 wall;\nin vec2 place;\n", ""
    elif drawn:
        stands = "flat out vec3 leans;\nflat out float whose;\nout vec3 spot;\n"
        told = "  leans = leaning;\n  whose = slot;\n  spot = vertexMC.xyz;\n"
        wall, measured = "flat in vec3 leans;\nflat in float whose;\nin vec3 spot;\n", facades.MEASURED
    else:
        stands = told = wall = measured = ""
    toned = _toned(sky, sun, melting.faces(overlaid=parts.overlaid), parts.afar)
    if parts.grows:
        stands, toned = stands + growing.DECLARED, growing.GROWN + growing.RIMMED + toned
        wall, drawn = wall + growing.SEEN, drawn + growing.EDGED
    _vertex(made, _TONE + stands, toned + told)
    done = measured + drawn + _haze(sky, 0.15 if parts.overlaid else 1.0)
    _fragment(made, _LIT + wall + facades.FUNCTIONS, _LIGHT + done)
    return made


def flat(sky: Sky, sun: Any, shades: Sequence[Sides], lift: float) -> vtkOpenGLShaderProperty:
    """Roads and areas: the shade and the lamps' light that lie on the ground lie on them too.

    ``lift`` brings them before the ground in the depth's own unit, so that they never flicker where metres are too few.
    """
    made = vtkOpenGLShaderProperty()
    told = "  spot = (MCWCMatrix * vertexMC).xy;\n" if shades else ""
    out = "uniform mat4 MCWCMatrix;\nout vec2 spot;\n" if shades else ""
    _vertex(made, _TONE + out, _toned(sky, sun) + told + f"  gl_Position.z -= {lift:.1e} * gl_Position.w;\n")
    declared = ("in vec2 spot;\n" if shades else "") + facades.FUNCTIONS
    _fragment(made, _LIT + declared, _LIGHT + _shaded(sky, shades) + _haze(sky))
    lay(made, shades)
    return made


def ground(
    sky: Sky, shades: Sequence[Sides], coast: Sides | None, close: float, plain: Colour, opacity: float = 1.0
) -> vtkOpenGLShaderProperty:
    """Sand, beach, foam, shoal and deep sea by the distance to the ``coast``; the shade; haze to the horizon's colour.

    Away from any coast all of it has one ``plain`` colour. Below an ``opacity`` of 1 it is seen through.
    """
    made = vtkOpenGLShaderProperty()
    _vertex(made, "out vec2 spot;\n", "  spot = vertexMC.xy;\n")
    painted = _shore(sky, close) if coast else f"  gl_FragData[0] = vec4({_vec(plain)}, 1.0);\n"
    declared = "in vec2 spot;\n" + facades.FUNCTIONS
    through = _THROUGH if opacity < 1 else ""
    _fragment(made, declared, painted + _shaded(sky, shades) + _haze(sky) + through)
    veil(made, opacity)
    lay(made, shades)
    if coast:
        _lies(made, "coasts", coast)
    return made


def _shore(sky: Sky, close: float) -> str:
    return (
        "  vec4 told = texture(coast, (spot - coasts.xy) / coasts.zw) - 128.0 / 255.0;\n"
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


def veil(made: vtkShaderProperty, opacity: float) -> None:
    """How opaque the ground or a picture on it is; nothing is compiled again."""
    made.GetFragmentCustomUniforms().SetUniformf("veil", opacity)


def draped(sky: Sky, shades: Sequence[Sides], lift: float) -> vtkOpenGLShaderProperty:
    """A picture on the ground, which ends where it is transparent; the shade of what stands there lies on it too.

    ``veil`` says how opaque it is.
    """
    made = vtkOpenGLShaderProperty()
    told = "  along = at;\n  spot = (MCWCMatrix * vertexMC).xy;\n"
    _vertex(
        made,
        "in vec2 at;\nuniform mat4 MCWCMatrix;\nout vec2 along;\nout vec2 spot;\n",
        told + f"  gl_Position.z -= {lift:.1e} * gl_Position.w;\n",
    )
    dim = _vec(light.DRAPED_BY_NIGHT) if sky.windows else "vec3(1.0)"
    painted = (
        "  vec4 cell = texture(picture, along);\n"
        "  if (cell.a < 0.5) discard;\n"
        # Where there is nothing it is black: what is mixed with that at its edge is as bright as the rest.
        f"  gl_FragData[0] = vec4(cell.rgb / cell.a * {dim}, veil);\n"
    )
    declared = "in vec2 along;\nin vec2 spot;\n" + facades.FUNCTIONS
    _fragment(made, declared, painted + _shaded(sky, shades) + _haze(sky))
    lay(made, shades)
    return made


def dotted(sky: Sky, *, overlaid: bool) -> vtkOpenGLShaderProperty:
    """Points in their own colours, and haze, which must not change what an overlay's colour means."""
    made = vtkOpenGLShaderProperty()
    _vertex(made, "", "")
    dim = f"  gl_FragData[0].rgb *= {_vec(light.DRAPED_BY_NIGHT)};\n" if sky.windows and not overlaid else ""
    _fragment(made, "", dim + _haze(sky, 0.15 if overlaid else 1.0))
    return made


def modelled(sky: Sky, sun: Any, *, lit: bool, pictured: bool, cutoff: float) -> vtkOpenGLShaderProperty:
    """A model's triangles in its own colours and picture; what is less opaque than the ``cutoff`` isn't drawn."""
    made = vtkOpenGLShaderProperty()
    stands, told, taken, done = "", "", "", ""
    if lit:
        stands, taken = "in vec3 leans;\nout vec3 falls;\n", "in vec3 falls;\n"
        told = f"""
  float up = 0.5 + 0.5 * leans.z, sunny = max(0.0, dot(leans, vec3({sun[0]:.6f}, {sun[1]:.6f}, {sun[2]:.6f})));
  falls = (0.46 + 0.20 * up) * {_vec(light.SKY_LIGHT)} + 0.12 * (1.0 - up) * {_vec(light.BOUNCE)};
  falls += 0.50 * sunny * {_vec(light.SUN_LIGHT)};
"""
        done = "  gl_FragData[0].rgb *= falls;\n"
    if pictured:
        stands, told = stands + "in vec2 at;\nout vec2 along;\n", told + "  along = at;\n"
        taken, done = taken + "in vec2 along;\n", done + "  gl_FragData[0] *= texture(picture, along);\n"
    if cutoff > 0:
        done += f"  if (gl_FragData[0].a < {cutoff:.4f}) discard;\n"
    if sky.windows:
        done += f"  gl_FragData[0].rgb *= {_vec(light.DRAPED_BY_NIGHT)};\n"
    _vertex(made, stands, told)
    _fragment(made, taken, done + _haze(sky))
    return made


class Sight(NamedTuple):
    """How an eye sees."""

    clear: float = 1.0
    """How many times farther through the haze: one that looks from afar sees what it looks at."""
    metre: float = 0.001
    """Metres that a pixel is wide one metre before the eye; in a parallel view, everywhere."""


def see(material: vtkShaderProperty, sight: Sight) -> None:
    """Take another sight; nothing is compiled again."""
    for uniforms in (material.GetVertexCustomUniforms(), material.GetFragmentCustomUniforms()):
        uniforms.SetUniformf("clear", sight.clear)
        uniforms.SetUniformf("metre", sight.metre)


def _toned(sky: Sky, sun: Any, melts: str = "  float melts = 0.0;", afar: Colour | None = None) -> str:
    """A vertex's colour before light, from its own or from its feature's texel, and its face's light (ART)."""
    own = "corner.z" if sky.windows else "corner.y"
    return f"""
  int place_ = int(slot + 0.5);
  vec4 texel = texelFetch(tones, ivec2(place_ % {WIDE}, place_ / {WIDE}), 0);
  int told = int(texel.a * 255.0 + 0.5);
  bool told_ = (told & {COLOURED}) != 0;
  vec3 stone = told_ ? texel.rgb : bytes({own}) / 255.0;
  bool lit = corner.w > 255.5;
  if ((told & {SELECTED}) != 0) stone = mix(stone, {_vec(_SELECTED)}, {_TAKES});
  if ((told & {LIFTED}) != 0) stone = mix(stone, vec3(1.0), {_LIFT});
  vec3 leaning = (bytes(corner.x) - 128.0) / 127.0;
  float up = 0.5 + 0.5 * leaning.z, sunny = max(0.0, dot(leaning, vec3({sun[0]:.6f}, {sun[1]:.6f}, {sun[2]:.6f})));
  vec3 falls = (0.46 + 0.20 * up) * {_vec(light.SKY_LIGHT)} + 0.12 * (1.0 - up) * {_vec(light.BOUNCE)};
  falls += 0.50 * sunny * {_vec(light.SUN_LIGHT)};
{melts}{melting.tints(sky, afar)}  vec3 lamp = lit ? falls : vec3(1.0);
  seen = vec4(stone * lamp, {light.DARKEST} / lamp.g);
  dim = lit ? mix((corner.w - 256.0) / 255.0, 1.0, melts) : 1.0;
  if ((told & {HIDDEN}) != 0) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
"""


def _shaded(sky: Sky, shades: Sequence[Sides]) -> str:
    """The shade that lies here, from the finest picture of it there is; by night pools of light along roads."""
    if not shades:
        return ""
    done = "  vec4 laid = vec4(0.0);\n"
    for n in range(len(shades)):
        # Beyond its sides a mipmapped texture gives its mean; a finer one melts into a coarser one.
        soft = (
            "step(vec2(0.0), at{n}) * step(at{n}, vec2(1.0))"
            if n == 0
            else ("clamp(at{n} * 16.0, 0.0, 1.0) * clamp((1.0 - at{n}) * 16.0, 0.0, 1.0)")
        )
        done += (
            f"  vec2 at{n} = (spot - lies{n}.xy) / lies{n}.zw, in{n} = {soft.format(n=n)};\n"
            f"  laid = mix(laid, texture(shade{n}, at{n}), in{n}.x * in{n}.y);\n"
        )
    done += f"  {_mixed(sky.shadow, 'laid.r')}\n" + melting.streets(sky)
    return done + _POOLS.format(apart=_LAMPS) if sky.windows else done


def lay(made: vtkShaderProperty, shades: Sequence[Sides]) -> None:
    """Where the pictures of the shade lie; not in the shader's words, of which VTK keeps each that it compiled."""
    for n, sides in enumerate(shades):
        _lies(made, f"lies{n}", sides)


def _lies(made: vtkShaderProperty, name: str, sides: Sides) -> None:
    west, south, east, north = sides
    made.GetFragmentCustomUniforms().SetUniform4f(name, (west, south, east - west, north - south))


def _haze(sky: Sky, most: float = 1.0) -> str:
    """By the depth along the view."""
    (near, _), (middle, some), (far, _) = HAZE.tolist()
    return (
        f"  float mist = away < {middle:.1f} ? {some:.3f} * clamp((away - {near:.1f}) / {middle - near:.1f}, 0.0, 1.0)"
        f" : min(1.0, {some:.3f} + {1 - some:.3f} * (away - {middle:.1f}) / {far - middle:.1f});\n"
        f"  gl_FragData[0].rgb = mix(gl_FragData[0].rgb, {_vec(sky.horizon)}, min(mist, {most:.2f}));\n"
    )


def _mixed(colour: Colour, share: str) -> str:
    return f"gl_FragData[0].rgb = mix(gl_FragData[0].rgb, {_vec(colour)}, {share});"


def _vertex(made: vtkOpenGLShaderProperty, declared: str, done: str) -> None:
    first = f"{_POSITION}Dec"
    made.AddVertexShaderReplacement(first, True, f"{first}\n{declared}", False)
    last = f"{_POSITION}Impl"
    made.AddVertexShaderReplacement(last, True, f"{last}\n{done}", False)
    see(made, Sight())


def _fragment(made: vtkOpenGLShaderProperty, declared: str, done: str) -> None:
    made.AddFragmentShaderReplacement(_COLOUR, True, f"{_COLOUR}\n{declared}", False)
    # VTK's own line would multiply every texture in; what is written here stands in its place.
    done = "  float away = 1.0 / (gl_FragCoord.w * clear);\n" + done
    made.AddFragmentShaderReplacement(_TEXTURE, True, done, False)
