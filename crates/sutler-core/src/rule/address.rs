//! `address_deliverable`: is the address complete, is it consistent, and will somebody carry a parcel there?
//!
//! Facts: required parts, postal codes and regions of the public libaddressinput data set. USPS carries to PO boxes and
//! to APO, FPO and DPO addresses, where UPS, FedEx and DHL do not; the rule does not know the carrier, so both are allowed
//! unless the policy says otherwise, and the proof says that it is one. It never looks an address up: a street that does
//! not exist passes.

mod ca;
mod judge;
mod text;
mod us;

use crate::{
    address::PartState,
    hold::HoldReason,
    id::RuleId,
    rule::{Needs, Proof, Rule, RuleCx, Verdict, builtin::not_ours},
};
use judge::{Finding, Findings};

/// What a finding does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treat {
    /// The order may go on; the proof names the finding.
    Allow,
    /// The order waits for a person.
    Hold,
}

/// The rule with its parameters.
#[derive(Debug)]
pub struct AddressDeliverable {
    id: RuleId,
    /// A post-office box. Allowed by default: USPS delivers there, and marketplaces sell to them.
    pub po_box: Treat,
    /// An APO, FPO or DPO address. Allowed by default: USPS delivers there, with a customs form.
    pub military: Treat,
    /// No addressee. Held by default: no carrier prints a label without one.
    pub name_missing: Treat,
    /// Placeholder text (`N/A`, `test`, `xxx`). Held by default.
    pub placeholder: Treat,
    /// Masked text (`***`), or a part the channel calls masked. Held by default.
    pub masked: Treat,
    /// A postal code that does not belong to the state or province. Held by default.
    pub region_mismatch: Treat,
    /// A channel that does not give us the address, for want of a right. Held by default; a seller whose labels the
    /// marketplace makes needs none.
    pub withheld: Treat,
    /// Countries besides US and CA whose addresses are asked for a street and a city; ISO 3166-1 alpha-2.
    pub also_check: Vec<String>,
    /// Countries that are not checked. Allowed by default, which means that the rule says nothing about them.
    pub elsewhere: Treat,
}

impl AddressDeliverable {
    /// Its name.
    pub const NAME: &'static str = "address_deliverable";

    fn allows(&self, finding: Finding) -> bool {
        use Finding::*;
        let treat = match finding {
            NameMissing => self.name_missing,
            NamePlaceholder | StreetPlaceholder | CityPlaceholder => self.placeholder,
            NameMasked | StreetMasked | CityMasked | PostalCodeMasked | LinesMasked => self.masked,
            PostalCodeNotInRegion => self.region_mismatch,
            PoBox => self.po_box,
            Military => self.military,
            CountryNotChecked => self.elsewhere,
            Withheld => self.withheld,
            _ => Treat::Hold,
        };
        treat == Treat::Allow
    }
}

impl Default for AddressDeliverable {
    fn default() -> Self {
        AddressDeliverable {
            id: RuleId::new(Self::NAME),
            po_box: Treat::Allow,
            military: Treat::Allow,
            name_missing: Treat::Hold,
            placeholder: Treat::Hold,
            masked: Treat::Hold,
            region_mismatch: Treat::Hold,
            withheld: Treat::Hold,
            also_check: Vec::new(),
            elsewhere: Treat::Allow,
        }
    }
}

impl Rule for AddressDeliverable {
    fn id(&self) -> &RuleId {
        &self.id
    }

    fn needs(&self) -> Needs {
        Needs { address: true, ..Needs::default() }
    }

    fn judge(&self, cx: &RuleCx<'_>) -> Verdict {
        if let Some(abstain) = not_ours(cx) {
            return abstain;
        }
        // A marketplace shows the address of an unpaid order late or not at all: what is missing now is no finding.
        if cx.order.facts.not_ready.is_some() {
            return Verdict::Abstain(Proof::code("address.order_not_ready"));
        }
        let Some(address) = cx.order.ship_to else { return self.absent(cx.order.facts.address.lines) };
        let found = judge::findings(address, &self.also_check);
        let held = found.without(|finding| self.allows(finding));
        match held.first() {
            Some(first) => Verdict::Hold(HoldReason::BadAddress, proof(first, held)),
            None => Verdict::from_allowed(found),
        }
    }
}

impl AddressDeliverable {
    /// No address at hand: the facts know why.
    fn absent(&self, lines: PartState) -> Verdict {
        let hold = |code| Verdict::Hold(HoldReason::BadAddress, Proof::code(code));
        match lines {
            // Somebody evaluates without having loaded it: that is no finding about the address.
            PartState::Full => Verdict::Abstain(Proof::code("address.not_loaded")),
            PartState::Withheld if self.withheld == Treat::Allow => {
                Verdict::Pass(Proof::code("address.withheld"))
            }
            PartState::Withheld => hold("address.withheld"),
            PartState::Erased => hold("address.erased"),
            PartState::Expired => hold("address.expired"),
            PartState::Pending => hold("address.pending"),
            PartState::Masked => hold("address.lines_masked"),
            PartState::Absent => hold("address.not_given"),
        }
    }
}

/// The first finding as the code, the others as the value: names of parts, never what stands in them.
fn proof(first: Finding, all: Findings) -> Proof {
    let mut others = String::new();
    for finding in all.iter().skip(1) {
        others.push_str(if others.is_empty() { "also " } else { ", " });
        let code = finding.code();
        others.push_str(&code.strip_prefix("address.").unwrap_or(code).replace('_', " "));
    }
    Proof { code: first.code().into(), value: others }
}

impl Verdict {
    /// Nothing holds the order; what is worth knowing all the same is in the code.
    fn from_allowed(found: Findings) -> Verdict {
        if found.has(Finding::CountryNotChecked) {
            return Verdict::Abstain(Proof::code(Finding::CountryNotChecked.code()));
        }
        Verdict::Pass(match found.first() {
            None => Proof::code("address.deliverable"),
            Some(finding) => Proof::code(finding.code()),
        })
    }
}

#[cfg(test)]
mod tests;
