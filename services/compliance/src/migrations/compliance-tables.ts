// The tables of the compliance service. Consent records and the audit trail are append-only: a trigger refuses UPDATE, DELETE and TRUNCATE,
// and the service's role does not have those grants either [ConsentRecord AC-1] [ConsentRecord AC-3].
import { CUSTOMER_COLUMNS, ROW_COLUMNS } from '@customer360/kernel/entity';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { CONSENT_SOURCES, CONSENT_TYPES, LEGAL_BASES } from '../consent/consent.ts';
import {
  DELETION_REQUEST_TYPES,
  DELETION_REQUESTED_VIA,
  DELETION_STATUSES,
  OPEN_STATUSES,
  VERIFICATION_METHODS,
} from '../deletion-request/deletion-request.ts';

const oneOf = (values: readonly string[]): string => `in (${values.map((value) => `'${value}'`).join(', ')})`;
const ACTOR_KINDS = ['STAFF', 'CUSTOMER', 'IMPORT', 'EMAIL_SYNC', 'API', 'SYSTEM'];

export class ComplianceTables1730000002000 implements MigrationInterface {
  name = 'ComplianceTables1730000002000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table consent_record (
        id uuid primary key,
        statement_id uuid not null,
        place int not null check (place >= 0),
        ${CUSTOMER_COLUMNS},
        covers uuid[] not null check (cardinality(covers) > 0),
        consent_type text not null check (consent_type ${oneOf(CONSENT_TYPES)}),
        granted boolean not null,
        granted_at timestamptz,
        revoked_at timestamptz,
        source text not null check (source ${oneOf(CONSENT_SOURCES)}),
        legal_basis text not null check (legal_basis ${oneOf(LEGAL_BASES)}),
        privacy_policy_version text check (length(privacy_policy_version) <= 50),
        notice_version text check (length(notice_version) <= 50),
        notice_hash text check (notice_hash ~ '^[0-9a-f]{64}$'),
        language text not null check (length(language) <= 60),
        valid_until timestamptz,
        recipients text[] not null,
        withdrawal_method text not null check (length(withdrawal_method) <= 500),
        retention text not null,
        jurisdiction text,
        created_at timestamptz not null,
        created_by_kind text not null check (created_by_kind ${oneOf(ACTOR_KINDS)}),
        created_by_id text not null,
        unique (statement_id, place),
        check ((granted and granted_at is not null and revoked_at is null) or (not granted and revoked_at is not null and granted_at is null)),
        check (valid_until is null or (granted and valid_until > granted_at))
      );
      create index consent_record_customer_type on consent_record (customer_id, consent_type);
      create index consent_record_covers on consent_record using gin (covers) with (fastupdate = off);
      create index consent_record_created on consent_record (created_at, id);
      select kernel_append_only('consent_record');

      create table consent_origin (
        consent_record_id uuid primary key references consent_record (id),
        customer_id uuid not null,
        ip_address text not null check (length(ip_address) <= 45)
      );
      create index consent_origin_customer on consent_origin (customer_id);

      create table restriction_record (
        id uuid primary key,
        ${CUSTOMER_COLUMNS},
        covers uuid[] not null check (cardinality(covers) > 0),
        version int not null check (version > 0),
        processing_restricted boolean not null,
        processing_restricted_since timestamptz,
        processing_restricted_reason text check (length(processing_restricted_reason) <= 2000),
        do_not_process boolean not null,
        do_not_process_since timestamptz,
        do_not_process_reason text check (length(do_not_process_reason) <= 2000),
        created_at timestamptz not null,
        created_by_kind text not null check (created_by_kind ${oneOf(ACTOR_KINDS)}),
        created_by_id text not null,
        unique (customer_id, version),
        check (processing_restricted = (processing_restricted_since is not null)),
        check (do_not_process = (do_not_process_since is not null))
      );
      create index restriction_record_covers on restriction_record using gin (covers) with (fastupdate = off);

      create table deletion_request (
        ${ROW_COLUMNS},
        ${CUSTOMER_COLUMNS},
        request_type text not null check (request_type ${oneOf(DELETION_REQUEST_TYPES)}),
        details text check (length(details) <= 2000),
        requested_at timestamptz not null,
        requested_via text not null check (requested_via ${oneOf(DELETION_REQUESTED_VIA)}),
        verification_method text not null check (verification_method ${oneOf(VERIFICATION_METHODS)}),
        verified_at timestamptz,
        verified_by uuid,
        status text not null check (status ${oneOf(DELETION_STATUSES)}),
        rejection_reason text check (length(rejection_reason) <= 2000),
        deadline timestamptz not null,
        deadline_extended_at timestamptz,
        deadline_extension_reason text check (length(deadline_extension_reason) <= 2000),
        escalated_at timestamptz,
        completed_at timestamptz,
        affected_records jsonb,
        processed_by uuid,
        check (deadline > requested_at),
        check (status not in ('verified', 'in_progress', 'completed', 'blocked') or verified_at is not null),
        check ((status = 'rejected') = (rejection_reason is not null))
      );
      create unique index deletion_request_one_open on deletion_request (customer_id) where status ${oneOf(OPEN_STATUSES)};
      create index deletion_request_customer on deletion_request (customer_id, requested_at);
      create index deletion_request_requested on deletion_request (requested_at, id);
      create index deletion_request_not_escalated on deletion_request (deadline)
        where escalated_at is null and status ${oneOf(OPEN_STATUSES)};

      create table legal_hold (
        ${ROW_COLUMNS},
        ${CUSTOMER_COLUMNS},
        reference text not null check (length(reference) <= 200),
        reason text not null check (length(reason) <= 2000),
        placed_at timestamptz not null,
        lifted_at timestamptz,
        lifted_reason text check (length(lifted_reason) <= 2000),
        check ((lifted_at is null) = (lifted_reason is null))
      );
      create index legal_hold_active on legal_hold (customer_id) where lifted_at is null;

      create table audit_entry (
        id uuid primary key,
        customer_id uuid not null,
        sequence int not null check (sequence > 0),
        at timestamptz not null,
        actor_kind text not null check (actor_kind ${oneOf(ACTOR_KINDS)}),
        actor_id text not null,
        actor_roles text[] not null,
        action text not null,
        subject_type text not null,
        subject_id uuid not null,
        details jsonb not null,
        door text not null,
        request_id text not null,
        why text not null,
        previous_hash text not null check (previous_hash ~ '^[0-9a-f]{64}$'),
        hash text not null check (hash ~ '^[0-9a-f]{64}$'),
        unique (customer_id, sequence)
      );
      create index audit_entry_at on audit_entry (customer_id, at);
      select kernel_append_only('audit_entry');

    `);
  }

  async down(): Promise<void> {
    throw new Error('consents and their audit trail are not removed: restore a backup instead');
  }
}
