-- Features stand in plain tables named as their layers; what Balad keeps about them stands in this schema.
CREATE SCHEMA balad;

CREATE TABLE balad.city (key VARCHAR, value VARCHAR);

-- A layer is there while its adding transaction isn't hidden, and its removing one is absent or hidden.
CREATE TABLE balad.layer (
  id VARCHAR, table_name VARCHAR, added BIGINT, removed BIGINT, position BIGINT, document VARCHAR, report VARCHAR, meta VARCHAR
);
CREATE TABLE balad.hidden (tx BIGINT);

CREATE TABLE balad.tile (
  layer VARCHAR, scenario VARCHAR, level INTEGER, x BIGINT, y BIGINT, version INTEGER, kind VARCHAR, count BIGINT,
  xmin DOUBLE, ymin DOUBLE, zmin DOUBLE, xmax DOUBLE, ymax DOUBLE, zmax DOUBLE, blob BLOB
);

CREATE TABLE balad.audit (
  seq BIGINT, time VARCHAR, system_user VARCHAR, display_name VARCHAR, command VARCHAR, arguments VARCHAR,
  previous VARCHAR, hash VARCHAR
);
