// Where addresses lie and how exactly that is known [Address AC-3]. Every address without coordinates is due at once, also those that an older instance
// adds while this version is rolled out: hence the default, which costs no rewrite of the table.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class GeocodingColumns1730000080000 implements MigrationInterface {
  name = 'GeocodingColumns1730000080000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table address
        add coordinate_precision text
          check (coordinate_precision in ('provided', 'address', 'street', 'postal_code', 'city', 'largest_city', 'not_found')),
        add coordinate_source text check (char_length(coordinate_source) <= 100),
        add coordinates_at timestamptz,
        add geocode_due_at timestamptz default now(),
        add geocode_attempts int not null default 0;
      update address set coordinate_precision = 'provided', coordinates_at = updated_at, geocode_due_at = null where latitude is not null;
      create index address_to_locate on address (geocode_due_at) where coordinate_precision is null and latitude is null and deleted_at is null;
      create index address_to_refine on address (geocode_due_at) where coordinate_precision is not null and geocode_due_at is not null and deleted_at is null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table address drop coordinate_precision, drop coordinate_source, drop coordinates_at, drop geocode_due_at, drop geocode_attempts`);
  }
}
