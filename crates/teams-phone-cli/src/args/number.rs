//! Owns the arguments of `number`.

use std::time::Duration;

use clap::{ArgGroup, Args, Subcommand};
use teams_phone::PhoneNumber;
use teams_phone::numbers::{
    AssignmentCategory, AssignmentStatus, Check, NumberCapability, NumberFilter, NumberType,
    ReverseNumberLookupOption, Setting,
};
use teams_phone::users::UserRef;

use super::user::user;
use super::values;
use super::words::{CAPABILITIES, CATEGORIES, CHECKS, LOOKUPS, STATUSES, TYPES};

/// What to do with numbers.
#[derive(Debug, Subcommand)]
pub(crate) enum NumberCommand {
    /// List the tenant's numbers, with whom they belong to.
    List(ListNumbersArgs),
    /// Show a number; exit code 4 if the tenant does not have it.
    Get(GetNumberArgs),
    /// Assign a number, and wait for what becomes of it.
    ///
    /// The service takes the order and carries it out later. The operation's id is told at once, on standard
    /// error; if waiting ends early, `operation wait ID` goes on with it. Use `ensure` where running twice
    /// must be safe.
    Assign(AssignNumberArgs),
    /// Take a number away from whoever has it, and wait for what becomes of it.
    Unassign(UnassignNumberArgs),
    /// Change the settings of a number.
    Update(UpdateNumberArgs),
    /// Take a number from whoever has it and assign it to somebody else.
    ///
    /// The new holder is checked before anything is taken from the old one. It is safe to run again: it goes
    /// on where it stopped.
    Move(MoveNumberArgs),
    /// Make a number be assigned to a user or resource account: checks first, changes only what is not so.
    ///
    /// A number that somebody else has is left alone: exit code 5, and the message names who.
    Ensure(EnsureNumberArgs),
    /// Check what would make an assignment fail, and change nothing; exit code 4 or 5 if something would.
    Check(CheckNumberArgs),
}

/// Which number, and who is to have it.
#[derive(Debug, Args)]
pub(crate) struct PairArgs {
    /// The telephone number with its country code, such as +12065550100.
    pub(crate) number: PhoneNumber,
    /// Who gets it, a user or resource account: object id, or user principal name.
    #[arg(value_parser = user)]
    pub(crate) target: UserRef,
}

/// Arguments of `number list`.
#[derive(Debug, Args)]
pub(crate) struct ListNumbersArgs {
    /// Only numbers that come this way.
    #[arg(long = "type", value_name = "TYPE", value_parser = TYPES)]
    number_type: Option<NumberType>,
    /// Only numbers in this state.
    #[arg(long, value_name = "STATUS", value_parser = STATUSES)]
    status: Option<AssignmentStatus>,
    /// Only numbers that may be used for this; repeat it for numbers that may be used for all of it.
    #[arg(long, value_name = "CAPABILITY", value_parser = CAPABILITIES)]
    capability: Vec<NumberCapability>,
    /// Only numbers of this user or resource account: object id, or user principal name.
    #[arg(long, value_name = "USER", value_parser = user)]
    pub(crate) target: Option<UserRef>,
    /// Only numbers of this country, as two letters.
    #[arg(long, value_name = "COUNTRY", value_parser = country)]
    country: Option<String>,
    /// Only this number.
    #[arg(long, value_name = "NUMBER")]
    number: Option<PhoneNumber>,
    /// A condition in OData's own words, such as "portInStatus eq 'completed'"; sent as it is.
    #[arg(long, value_name = "CONDITION", value_parser = values::text)]
    odata: Option<String>,
    /// Stop after so many numbers.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: Option<u32>,
}

impl ListNumbersArgs {
    /// The filter, but for the target, which may have to be looked up.
    pub(crate) fn filter(&self) -> NumberFilter {
        let filter = NumberFilter::new();
        let filter = self
            .number
            .iter()
            .fold(filter, NumberFilter::telephone_number);
        let types = self.number_type.iter().cloned();
        let filter = types.fold(filter, NumberFilter::number_type);
        let filter = self
            .status
            .iter()
            .cloned()
            .fold(filter, NumberFilter::status);
        let capabilities = self.capability.iter().cloned();
        let filter = capabilities.fold(filter, NumberFilter::capability);
        let country = self.country.iter();
        let filter = country.fold(filter, |filter, two| filter.iso_country_code(two));
        let conditions = self.odata.iter();
        conditions.fold(filter, |filter, condition| filter.odata(condition))
    }
}

/// Arguments of `number get`.
#[derive(Debug, Args)]
pub(crate) struct GetNumberArgs {
    /// The telephone number with its country code, such as +12065550100.
    pub(crate) number: PhoneNumber,
}

/// How long to wait for an order.
#[derive(Debug, Args)]
pub(crate) struct WaitArgs {
    /// Wait for what becomes of the order; this is the default.
    #[arg(long, conflicts_with = "no_wait")]
    wait: bool,
    /// Give the order and do not wait; `operation wait ID` does it later.
    #[arg(long)]
    pub(crate) no_wait: bool,
    /// Afterwards also read the number until it shows what was done.
    #[arg(long, conflicts_with = "no_wait")]
    pub(crate) confirm: bool,
    /// How long to wait. Default: 5m.
    #[arg(long, value_name = "DURATION", value_parser = values::duration, conflicts_with = "no_wait")]
    pub(crate) wait_within: Option<Duration>,
}

/// Arguments of `number assign`.
#[derive(Debug, Args)]
pub(crate) struct AssignNumberArgs {
    #[command(flatten)]
    pub(crate) pair: PairArgs,
    /// Who provides the number. Default: looked up.
    #[arg(long = "type", value_name = "TYPE", value_parser = TYPES)]
    pub(crate) number_type: Option<NumberType>,
    /// The part it is to play. Default: primary, chosen by the service.
    #[arg(long, value_name = "CATEGORY", value_parser = CATEGORIES)]
    pub(crate) category: Option<AssignmentCategory>,
    /// The emergency location.
    #[arg(long, value_name = "GUID", value_parser = guid)]
    pub(crate) location_id: Option<String>,
    #[command(flatten)]
    pub(crate) waiting: WaitArgs,
    /// Read and check, and show what would be sent, but do not send it.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Arguments of `number unassign`.
#[derive(Debug, Args)]
pub(crate) struct UnassignNumberArgs {
    /// The telephone number with its country code, such as +12065550100.
    pub(crate) number: PhoneNumber,
    /// Who provides the number. Default: looked up.
    #[arg(long = "type", value_name = "TYPE", value_parser = TYPES)]
    pub(crate) number_type: Option<NumberType>,
    /// Do not ask; needed where nobody can be asked.
    #[arg(long, short)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) waiting: WaitArgs,
    /// Read, and show what would be sent, but do not send it.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Arguments of `number update`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("change").required(true).multiple(true).args([
    "location_id", "clear_location_id", "null_location_id",
    "network_site_id", "clear_network_site_id", "null_network_site_id",
    "reverse_lookup", "clear_reverse_lookup",
])))]
pub(crate) struct UpdateNumberArgs {
    /// The telephone number with its country code, such as +12065550100.
    pub(crate) number: PhoneNumber,
    /// The emergency location that it gets.
    #[arg(long, value_name = "GUID", value_parser = guid)]
    location_id: Option<String>,
    /// Take its emergency location away.
    #[arg(long, conflicts_with_all = ["location_id", "null_location_id"])]
    clear_location_id: bool,
    /// Send `null` as its emergency location; by the documentation that keeps it.
    #[arg(long, conflicts_with = "location_id")]
    null_location_id: bool,
    /// The network site that it gets.
    #[arg(long, value_name = "GUID", value_parser = guid)]
    network_site_id: Option<String>,
    /// Take its network site away.
    #[arg(long, conflicts_with_all = ["network_site_id", "null_network_site_id"])]
    clear_network_site_id: bool,
    /// Send `null` as its network site; by the documentation that keeps it.
    #[arg(long, conflicts_with = "network_site_id")]
    null_network_site_id: bool,
    /// How calls inside of the tenant use it; repeat it. What is not named is taken away.
    #[arg(long, value_name = "OPTION", value_parser = LOOKUPS)]
    reverse_lookup: Vec<ReverseNumberLookupOption>,
    /// Take all options of reverse lookup away.
    #[arg(long, conflicts_with = "reverse_lookup")]
    clear_reverse_lookup: bool,
    /// Show the request instead of sending it.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

impl UpdateNumberArgs {
    /// What to do with the emergency location.
    pub(crate) fn location(&self) -> Setting {
        setting(
            self.location_id.as_deref(),
            self.clear_location_id,
            self.null_location_id,
        )
    }

    /// What to do with the network site.
    pub(crate) fn network_site(&self) -> Setting {
        let (clear, null) = (self.clear_network_site_id, self.null_network_site_id);
        setting(self.network_site_id.as_deref(), clear, null)
    }

    /// The options of reverse lookup, unless they stay.
    pub(crate) fn lookup(&self) -> Option<Vec<ReverseNumberLookupOption>> {
        let is_given = self.clear_reverse_lookup || !self.reverse_lookup.is_empty();
        is_given.then(|| self.reverse_lookup.clone())
    }
}

/// Arguments of `number move`.
#[derive(Debug, Args)]
pub(crate) struct MoveNumberArgs {
    #[command(flatten)]
    pub(crate) pair: PairArgs,
    #[command(flatten)]
    pub(crate) checks: ChecksArgs,
    /// Do not ask; needed where nobody can be asked.
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// How long to wait for each order. Default: 5m.
    #[arg(long, value_name = "DURATION", value_parser = values::duration)]
    pub(crate) wait_within: Option<Duration>,
    /// Read and check, and show what would be sent, but do not send it.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Arguments of `number ensure`.
#[derive(Debug, Args)]
pub(crate) struct EnsureNumberArgs {
    #[command(flatten)]
    pub(crate) pair: PairArgs,
    /// The part it is to play, if it is assigned now. Default: primary, chosen by the service.
    #[arg(long, value_name = "CATEGORY", value_parser = CATEGORIES)]
    pub(crate) category: Option<AssignmentCategory>,
    /// The emergency location, if it is assigned now.
    #[arg(long, value_name = "GUID", value_parser = guid)]
    pub(crate) location_id: Option<String>,
    #[command(flatten)]
    pub(crate) checks: ChecksArgs,
    /// How long to wait. Default: 5m.
    #[arg(long, value_name = "DURATION", value_parser = values::duration)]
    pub(crate) wait_within: Option<Duration>,
    /// Read and check, and show what would be sent, but do not send it.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Arguments of `number check`.
#[derive(Debug, Args)]
pub(crate) struct CheckNumberArgs {
    #[command(flatten)]
    pub(crate) pair: PairArgs,
    #[command(flatten)]
    pub(crate) checks: ChecksArgs,
}

/// Which checks are left out.
#[derive(Debug, Args)]
pub(crate) struct ChecksArgs {
    /// Leave out a check, such as one that the token has no permission for; repeat it.
    #[arg(long, value_name = "CHECK", value_parser = CHECKS)]
    pub(crate) skip: Vec<Check>,
}

fn setting(value: Option<&str>, clear: bool, null: bool) -> Setting {
    match value {
        Some(value) => Setting::To(value.to_owned()),
        None if clear => Setting::Clear,
        None if null => Setting::Null,
        None => Setting::Keep,
    }
}

/// Reads a country.
pub(super) fn country(text: &str) -> Result<String, String> {
    let country = text.trim().to_ascii_uppercase();
    if country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Ok(country);
    }
    Err("give two letters of ISO 3166-1, such as US or DE".to_owned())
}

/// Reads an id that is a GUID.
fn guid(text: &str) -> Result<String, String> {
    let id: Result<teams_phone::ObjectId, _> = text.parse();
    id.map(|id| id.to_string())
        .map_err(|_| "it is not a GUID".to_owned())
}
