"""What the nodes of networks are, as the layer kind of nodes knows them, and what each is called."""

from __future__ import annotations

from twin.model.layer import Column

NODE_TYPE = "node_type"
"""The column that says it."""
_NAMES = {
    "junction": ("Junction", "عقدة شبكة"),
    "reservoir": ("Reservoir", "مصدر مياه"),
    "tank": ("Tank", "خزان"),
    "pump": ("Pump", "مضخة"),
    "valve": ("Valve", "محبس"),
    "bus": ("Bus", "قضيب توزيع"),
    "transformer": ("Transformer", "محوّل"),
    "source": ("Source", "مصدر تغذية"),
    "generator": ("Generator", "مولّد"),
    "load": ("Load", "حمل"),
    "switch": ("Switch", "قاطع"),
}
_NETS = {
    "bus": "bus", "bus_dc": "bus", "junction": "junction", "trafo": "transformer", "trafo3w": "transformer",
    "ext_grid": "source", "source": "source", "gen": "generator", "sgen": "generator", "storage": "generator",
    "load": "load", "sink": "load", "switch": "switch", "valve": "valve", "pump": "pump", "circ_pump_mass": "pump",
    "circ_pump_pressure": "pump", "compressor": "pump",
}  # fmt: skip
"""Tables of pandapower and pandapipes."""


def of_table(table: str) -> str:
    """What the elements of a net's table are; empty where none of these."""
    return _NETS.get(table, "")


def node_type() -> Column:
    """The column."""
    return Column(
        name=NODE_TYPE,
        type="",
        title_en="Type",
        title_ar="النوع",
        values_en={code: words[0] for code, words in _NAMES.items()},
        values_ar={code: words[1] for code, words in _NAMES.items()},
    )
