//! A batch of customers: looked up by one statement, judged in memory in their order, written by a
//! few more.

use std::collections::HashMap;

use application::model::{
    CustomerImport, CustomerStatus, Field, Identifier, ImportCheckpoint, ImportedRow, PasswordHash,
};
use application::ports::AddressVault;
use chrono::{DateTime, Utc};
use domain::{Language, OrganisationId};
use sqlx::postgres::PgRow;
use sqlx::types::Uuid;
use sqlx::{Connection, PgConnection};

use crate::PostgresStore;
use crate::columns::{Columns, text, uuid};
use crate::connections::limited;
use crate::query_error::QueryError;
use application::CustomerRecord;
use application::sealed::{self, Person};

/// Imports for one organisation happen one after the other.
pub(super) const IMPORT_LOCK: &str = "SELECT pg_advisory_xact_lock(hashtextextended($1, 7))";
/// Everybody whom the rows may mean, locked in the order of their identifiers.
pub(super) const LOOK_UP: &str = "SELECT id, external_fingerprint, address_fingerprint, phone_fingerprint, sealed, language, \
     status, password_hash, password_reset_at, revision FROM customer WHERE organisation_id = $1 AND id = ANY(ARRAY(\
       SELECT c.id FROM unnest($2::bytea[]) f JOIN customer c ON c.external_fingerprint = f UNION \
       SELECT c.id FROM unnest($3::bytea[]) f JOIN customer c ON c.address_fingerprint = f UNION \
       SELECT c.id FROM unnest($4::bytea[]) f JOIN customer c ON c.phone_fingerprint = f)) \
     ORDER BY id FOR NO KEY UPDATE";
/// Addresses may pass from one customer of the batch to another: all are given up before any is
/// taken.
pub(super) const MOVE_OUT: &str = "UPDATE customer SET address_fingerprint = NULL WHERE id = ANY($1::uuid[])";
pub(super) const CREATE: &str = "INSERT INTO customer (organisation_id, created_at, updated_at, id, external_fingerprint, \
     address_fingerprint, phone_fingerprint, sealed, language, status, password_hash, links_valid_from, sessions_valid_from, \
     password_reset_at, revision) SELECT $1, $2, $2, n.* FROM unnest($3::uuid[], $4::bytea[], $5::bytea[], $6::bytea[], $7::bytea[], $8::text[], \
     $9::text[], $10::text[], $11::timestamptz[], $12::timestamptz[], \
     $13::timestamptz[], $14::bigint[]) AS n";
pub(super) const UPDATE: &str = "UPDATE customer c SET updated_at = $2, external_fingerprint = n.external, \
     address_fingerprint = n.address, phone_fingerprint = n.phone, sealed = n.sealed, language = n.language, \
     status = n.status, password_hash = n.password, links_valid_from = coalesce(n.links_from, c.links_valid_from), \
     sessions_valid_from = coalesce(n.sessions_from, c.sessions_valid_from), \
     password_reset_at = n.reset_at, revision = n.revision \
     FROM unnest($3::uuid[], $4::bytea[], $5::bytea[], $6::bytea[], $7::bytea[], $8::text[], $9::text[], $10::text[], \
     $11::timestamptz[], $12::timestamptz[], $13::timestamptz[], $14::bigint[]) \
     AS n(id, external, address, phone, sealed, language, status, password, links_from, sessions_from, reset_at, \
     revision) \
     WHERE c.id = n.id AND c.organisation_id = $1";
pub(super) const REMEMBER: &str = "INSERT INTO password_history (customer_id, hash, replaced_at) \
     SELECT h.customer, h.hash, $3 FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS h(customer, hash, place) \
     ORDER BY h.place";
pub(super) const KILL_LINKS: &str = "UPDATE reset_token SET superseded_at = $2 \
     WHERE customer_id = ANY($1::uuid[]) AND used_at IS NULL AND superseded_at IS NULL";
pub(super) const CHECKPOINT: &str = "WITH others AS (DELETE FROM import_checkpoint WHERE organisation_id = $1 AND name <> $2) \
     INSERT INTO import_checkpoint (organisation_id, name, position) VALUES ($1, $2, $3) \
     ON CONFLICT (organisation_id, name) DO UPDATE SET position = excluded.position";

type Fingerprint = [u8; 16];

/// A row with its fingerprints.
struct Prepared<'r> {
    row: &'r CustomerImport,
    external: Option<Fingerprint>,
    address: Option<Fingerprint>,
    phone: Option<Fingerprint>,
}

/// A customer as the batch finds and leaves it.
struct Known {
    id: Uuid,
    external: Option<Fingerprint>,
    address: Option<Fingerprint>,
    phone: Option<Fingerprint>,
    record: CustomerRecord,
    /// Not in the table yet.
    new: bool,
    changed: bool,
    /// Links are dead.
    overtaken: bool,
    moved: bool,
    /// Hashes that were replaced, oldest first.
    former: Vec<String>,
    rekeyed: bool,
}

/// The customers of a batch, and who is found by what.
#[derive(Default)]
struct Customers {
    all: Vec<Known>,
    by_external: HashMap<Fingerprint, usize>,
    by_address: HashMap<Fingerprint, usize>,
    by_phone: HashMap<Fingerprint, usize>,
}

impl PostgresStore {
    pub(super) async fn import_batch(
        &self,
        organisation: OrganisationId,
        rows: &[CustomerImport],
        checkpoint: ImportCheckpoint,
        now: DateTime<Utc>,
    ) -> Result<Vec<ImportedRow>, QueryError> {
        let mut connection = self.pool().without_statement_timeout().acquire().await?;
        let limit = connection.limit();
        let imported = self.import_on(&mut connection, organisation, rows, checkpoint, now);
        let imported = limited(limit, imported).await;
        connection.settle(imported)
    }

    async fn import_on(
        &self,
        connection: &mut PgConnection,
        organisation: OrganisationId,
        rows: &[CustomerImport],
        checkpoint: ImportCheckpoint,
        now: DateTime<Utc>,
    ) -> Result<Vec<ImportedRow>, QueryError> {
        let vault = self.vault.as_ref();
        let rows: Vec<_> = rows.iter().map(|row| prepare(vault, organisation, row)).collect();
        let mut transaction = connection.begin().await?;
        sqlx::query(IMPORT_LOCK).bind(organisation.to_string()).execute(&mut *transaction).await?;
        let mut customers = look_up(&mut transaction, vault, organisation, &rows).await?;
        let outcomes = rows.iter().map(|row| customers.take(row)).collect();
        customers.write(&mut transaction, vault, organisation, now).await?;
        let place = "import_checkpoint.position";
        let position =
            i64::try_from(checkpoint.position).map_err(|error| QueryError::corrupt(place, error))?;
        let name = text(&checkpoint.name);
        let checkpoint =
            sqlx::query(CHECKPOINT).bind(uuid(organisation.as_bytes())).bind(name).bind(position);
        checkpoint.execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(outcomes)
    }
}

fn prepare<'r>(
    vault: &dyn AddressVault,
    organisation: OrganisationId,
    row: &'r CustomerImport,
) -> Prepared<'r> {
    let of = |kind, text: Option<&String>| text.map(|text| vault.fingerprint_of(organisation, kind, text).0);
    Prepared {
        row,
        external: of(Identifier::External, row.external_id.as_ref()),
        address: row.email.value().map(|email| vault.fingerprint(organisation, email).0),
        phone: of(Identifier::Phone, row.phone.value()),
    }
}

async fn look_up(
    transaction: &mut PgConnection,
    vault: &dyn AddressVault,
    organisation: OrganisationId,
    rows: &[Prepared<'_>],
) -> Result<Customers, QueryError> {
    fn all<'a>(
        rows: &'a [Prepared<'_>],
        of: impl Fn(&'a Prepared<'_>) -> Option<&'a Fingerprint>,
    ) -> Vec<&'a [u8]> {
        rows.iter().filter_map(of).map(|fingerprint| &fingerprint[..]).collect()
    }
    let found = sqlx::query(LOOK_UP)
        .bind(uuid(organisation.as_bytes()))
        .bind(all(rows, |row| row.external.as_ref()))
        .bind(all(rows, |row| row.address.as_ref()))
        .bind(all(rows, |row| row.phone.as_ref().filter(|_| row.external.is_none() && row.address.is_none())))
        .fetch_all(transaction)
        .await?;
    let mut customers = Customers::default();
    for row in &found {
        customers.add(known(vault, row)?);
    }
    Ok(customers)
}

fn known(vault: &dyn AddressVault, row: &PgRow) -> Result<Known, QueryError> {
    let fingerprint = |place: &'static str| -> Result<Option<Fingerprint>, QueryError> {
        let bytes = row.read::<Option<&[u8]>>(place)?;
        bytes
            .map(|bytes| bytes.try_into().map_err(|_| QueryError::corrupt(place, "not 16 octets")))
            .transpose()
    };
    let language = row.read::<Option<&str>>("customer.language")?.map(Language::parse).transpose();
    Ok(Known {
        id: row.read("customer.id")?,
        external: fingerprint("customer.external_fingerprint")?,
        address: fingerprint("customer.address_fingerprint")?,
        phone: fingerprint("customer.phone_fingerprint")?,
        record: CustomerRecord {
            person: sealed::open_json(vault, row.read("customer.sealed")?, Person::PLACE)?,
            language: language.map_err(|error| QueryError::corrupt("customer.language", error))?,
            status: row.word("customer.status", |word| CustomerStatus::parse(word).ok_or("no status"))?,
            password: row.read::<Option<String>>("customer.password_hash")?.map(PasswordHash::new),
            password_reset_at: row.optional_time("customer.password_reset_at")?,
            revision: row.read("customer.revision")?,
        },
        new: false,
        changed: false,
        overtaken: false,
        moved: false,
        former: Vec::new(),
        rekeyed: false,
    })
}

impl Customers {
    fn add(&mut self, customer: Known) -> usize {
        let place = self.all.len();
        for (map, fingerprint) in [
            (&mut self.by_external, customer.external),
            (&mut self.by_address, customer.address),
            (&mut self.by_phone, customer.phone),
        ] {
            if let Some(fingerprint) = fingerprint {
                // Several may share a phone; the first to come keeps it.
                map.entry(fingerprint).or_insert(place);
            }
        }
        self.all.push(customer);
        place
    }

    /// Applies one row to the customers in memory.
    fn take(&mut self, prepared: &Prepared<'_>) -> ImportedRow {
        let at = |map: &HashMap<Fingerprint, usize>, key: Option<Fingerprint>| {
            key.and_then(|key| map.get(&key).copied())
        };
        let owner = at(&self.by_address, prepared.address);
        let known = match (prepared.external, prepared.address) {
            (Some(external), _) => at(&self.by_external, Some(external)),
            (None, Some(_)) => owner,
            (None, None) => at(&self.by_phone, prepared.phone),
        };
        if owner.is_some() && owner != known {
            return ImportedRow::AddressTaken;
        }
        match known.and_then(|place| self.all.get_mut(place).map(|customer| (place, customer))) {
            Some((place, customer)) => {
                let before = (customer.address, customer.phone);
                let outcome = customer.update(prepared);
                let after = (customer.address, customer.phone);
                move_key(&mut self.by_address, before.0, after.0, place);
                move_key(&mut self.by_phone, before.1, after.1, place);
                outcome
            }
            None => {
                self.add(Known::create(prepared));
                ImportedRow::Created
            }
        }
    }

    async fn write(
        &self,
        transaction: &mut PgConnection,
        vault: &dyn AddressVault,
        organisation: OrganisationId,
        now: DateTime<Utc>,
    ) -> Result<(), QueryError> {
        let ids = |of: fn(&Known) -> bool| -> Vec<Uuid> {
            self.all
                .iter()
                .filter(|customer| !customer.new && of(customer))
                .map(|customer| customer.id)
                .collect()
        };
        let moved = ids(|customer| customer.moved && customer.changed);
        if !moved.is_empty() {
            sqlx::query(MOVE_OUT).bind(moved).execute(&mut *transaction).await?;
        }
        let organisation = uuid(organisation.as_bytes());
        let (new, old): (Vec<_>, Vec<_>) =
            self.all.iter().filter(|customer| customer.changed).partition(|customer| customer.new);
        write_rows(transaction, UPDATE, vault, organisation, &old, now).await?;
        write_rows(transaction, CREATE, vault, organisation, &new, now).await?;
        let former = || {
            self.all.iter().flat_map(|customer| customer.former.iter().map(|hash| (customer.id, &hash[..])))
        };
        let (customers, hashes): (Vec<_>, Vec<_>) = former().unzip();
        if !hashes.is_empty() {
            sqlx::query(REMEMBER).bind(customers).bind(hashes).bind(now).execute(&mut *transaction).await?;
        }
        let overtaken = ids(|customer| customer.overtaken);
        if !overtaken.is_empty() {
            sqlx::query(KILL_LINKS).bind(overtaken).bind(now).execute(&mut *transaction).await?;
        }
        Ok(())
    }
}

fn move_key(
    map: &mut HashMap<Fingerprint, usize>,
    from: Option<Fingerprint>,
    to: Option<Fingerprint>,
    place: usize,
) {
    if from == to {
        return;
    }
    if let Some(from) = from.filter(|from| map.get(from) == Some(&place)) {
        map.remove(&from);
    }
    if let Some(to) = to {
        map.entry(to).or_insert(place);
    }
}

/// [`CREATE`] and [`UPDATE`] take the same values.
async fn write_rows(
    transaction: &mut PgConnection,
    statement: &'static str,
    vault: &dyn AddressVault,
    organisation: Uuid,
    customers: &[&Known],
    now: DateTime<Utc>,
) -> Result<(), QueryError> {
    fn all<'a, T>(customers: &[&'a Known], column: impl Fn(&'a Known) -> T) -> Vec<T> {
        customers.iter().map(|customer| column(customer)).collect()
    }
    if customers.is_empty() {
        return Ok(());
    }
    let sealed =
        customers.iter().map(|customer| sealed::seal_json(vault, &customer.record.person, Person::PLACE));
    sqlx::query(statement)
        .bind(organisation)
        .bind(now)
        .bind(all(customers, |customer| customer.id))
        .bind(all(customers, |customer| customer.external.as_ref().map(|bytes| &bytes[..])))
        .bind(all(customers, |customer| customer.address.as_ref().map(|bytes| &bytes[..])))
        .bind(all(customers, |customer| customer.phone.as_ref().map(|bytes| &bytes[..])))
        .bind(sealed.collect::<Result<Vec<_>, _>>()?)
        .bind(all(customers, |customer| {
            customer.record.language.map(|language| language.as_str().to_owned())
        }))
        .bind(all(customers, |customer| customer.record.status.as_str()))
        .bind(all(customers, |customer| customer.record.password.as_ref().map(|hash| text(hash.expose()))))
        .bind(all(customers, |customer| customer.overtaken.then_some(now)))
        .bind(all(customers, |customer| customer.rekeyed.then_some(now)))
        .bind(all(customers, |customer| customer.record.password_reset_at))
        .bind(all(customers, |customer| customer.record.revision))
        .execute(transaction)
        .await
        .map_err(QueryError::conflict("the customer"))?;
    Ok(())
}

impl Known {
    fn create(Prepared { row, external, address, phone }: &Prepared<'_>) -> Self {
        Self {
            id: uuid(row.id.as_bytes()),
            external: *external,
            address: *address,
            phone: *phone,
            record: CustomerRecord::create(row),
            new: true,
            changed: true,
            overtaken: false,
            moved: false,
            former: Vec::new(),
            rekeyed: false,
        }
    }

    fn update(&mut self, Prepared { row, address, phone, .. }: &Prepared<'_>) -> ImportedRow {
        let applied = self.record.apply(row);
        if !applied.changed {
            return applied.row;
        }
        if row.email != Field::Keep {
            self.moved |= self.address != *address;
            self.address = *address;
        }
        if row.phone != Field::Keep {
            self.phone = *phone;
        }
        self.changed = true;
        self.overtaken |= applied.ends_links;
        self.rekeyed |= applied.ends_sessions;
        self.former.extend(applied.former.map(|hash| hash.expose().to_owned()));
        applied.row
    }
}
