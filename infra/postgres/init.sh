#!/bin/sh
# Runs once in an empty Postgres container: a database and two roles per service, the same rules as scripts/stack/provision.ts. The owner migrates, the
# application reads and writes rows only, nobody else may connect.
set -eu

create() {
  service=$1 owner_password=$2 app_password=$3
  psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    -v database="customer360_$service" -v owner="customer360_${service}_owner" -v app="customer360_${service}_app" \
    -v owner_password="$owner_password" -v app_password="$app_password" <<'SQL'
create role :"owner" login nosuperuser nocreatedb nocreaterole noreplication password :'owner_password';
create role :"app" login nosuperuser nocreatedb nocreaterole noreplication password :'app_password';
create database :"database" owner :"owner" template template0 encoding 'UTF8';
revoke all on database :"database" from public;
grant connect on database :"database" to :"owner", :"app";
alter role :"owner" in database :"database" set customer360.app_role to :'app';
\connect :"database"
alter schema public owner to :"owner";
revoke all on schema public from public;
grant usage on schema public to :"app";
alter default privileges for role :"owner" in schema public grant select, insert, update, delete on tables to :"app";
alter default privileges for role :"owner" in schema public grant usage, select on sequences to :"app";
SQL
}

create customer "$CUSTOMER_OWNER_PASSWORD" "$CUSTOMER_APP_PASSWORD"
create interaction "$INTERACTION_OWNER_PASSWORD" "$INTERACTION_APP_PASSWORD"
create lifecycle "$LIFECYCLE_OWNER_PASSWORD" "$LIFECYCLE_APP_PASSWORD"
create compliance "$COMPLIANCE_OWNER_PASSWORD" "$COMPLIANCE_APP_PASSWORD"
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres -c 'revoke connect on database postgres from public' -c 'revoke connect on database template1 from public'
