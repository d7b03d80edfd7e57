//! A postal address whose parts say how good they are.

use serde::{Deserialize, Serialize};

/// How much of a part of an address we hold. Ordered: a later one is better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PartState {
    /// The channel gave nothing.
    #[default]
    Absent,
    /// The channel has it and does not give it to us: a right is missing (Amazon without the role for personal data).
    Withheld,
    /// The channel gave it once and takes it back after a while.
    Expired,
    /// The channel says it will follow (Walmart: `nocxemail@walmartone.com`).
    Pending,
    /// The channel gave a mask (Walmart: a phone of zeros).
    Masked,
    /// The real thing.
    Full,
    /// Erased on request; absorbs whatever is read later.
    Erased,
}

impl PartState {
    /// `absent`, `withheld`, `expired`, `pending`, `masked`, `full` or `erased`.
    pub fn as_str(self) -> &'static str {
        match self {
            PartState::Absent => "absent",
            PartState::Withheld => "withheld",
            PartState::Expired => "expired",
            PartState::Pending => "pending",
            PartState::Masked => "masked",
            PartState::Full => "full",
            PartState::Erased => "erased",
        }
    }
}

/// The state of each part of an address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AddressStates {
    /// The addressee's name.
    pub name: PartState,
    /// Street lines, city, region, postal code.
    pub lines: PartState,
    /// Telephone.
    pub phone: PartState,
    /// E-mail, usually a relay.
    pub email: PartState,
}

/// Where a package goes and whom to ask about it. Empty text = not given; `states` says why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Address {
    /// Addressee.
    pub name: String,
    /// Street line 1.
    pub line1: String,
    /// Street line 2.
    pub line2: String,
    /// City or town.
    pub city: String,
    /// State, province or region, as the channel wrote it.
    pub region: String,
    /// ZIP or postal code.
    pub postal_code: String,
    /// ISO 3166-1 alpha-2 where the channel's code is known, else the channel's text.
    pub country: String,
    /// Telephone.
    pub phone: String,
    /// E-mail.
    pub email: String,
    /// How good each part is.
    pub states: AddressStates,
}

impl Address {
    /// Takes over the parts of `newer` that are at least as good as ours (a masked copy never overwrites a real one).
    /// Answers whether a real part was replaced by a different real one: an amendment.
    pub fn improve(&mut self, newer: &Address) -> bool {
        self.take(newer, |ours, theirs| theirs >= ours)
    }

    /// Takes over the parts of `older` that are better than ours, and nothing else: for a copy that was asked before ours
    /// and arrived after it. See [`crate::observation::Believed::ship_to_asked_at`].
    pub fn fill(&mut self, older: &Address) {
        self.take(older, |ours, theirs| theirs > ours);
    }

    /// Takes over the differing parts that `wins` says yes to; answers whether a real one replaced a real one.
    fn take(&mut self, other: &Address, wins: impl Fn(PartState, PartState) -> bool) -> bool {
        let mut amended = false;
        let mut take = |ours: &mut PartState, theirs: PartState, differs: bool| {
            let taken = wins(*ours, theirs) && (theirs != *ours || differs);
            amended |= taken && *ours == PartState::Full && theirs == PartState::Full;
            if taken {
                *ours = theirs;
            }
            taken
        };
        if take(&mut self.states.name, other.states.name, self.name != other.name) {
            self.name.clone_from(&other.name);
        }
        let differs = (&self.line1, &self.line2, &self.city, &self.region, &self.postal_code, &self.country)
            != (&other.line1, &other.line2, &other.city, &other.region, &other.postal_code, &other.country);
        if take(&mut self.states.lines, other.states.lines, differs) {
            self.line1.clone_from(&other.line1);
            self.line2.clone_from(&other.line2);
            self.city.clone_from(&other.city);
            self.region.clone_from(&other.region);
            self.postal_code.clone_from(&other.postal_code);
            self.country.clone_from(&other.country);
        }
        if take(&mut self.states.phone, other.states.phone, self.phone != other.phone) {
            self.phone.clone_from(&other.phone);
        }
        if take(&mut self.states.email, other.states.email, self.email != other.email) {
            self.email.clone_from(&other.email);
        }
        amended
    }

    /// What is left after an erasure. Nothing read later takes its place.
    pub fn erased() -> Address {
        let erased = PartState::Erased;
        let states = AddressStates { name: erased, lines: erased, phone: erased, email: erased };
        Address { states, ..Address::default() }
    }

    /// Was it erased?
    pub fn is_erased(&self) -> bool {
        self.states.lines == PartState::Erased
    }

    /// The parts that may stay outside the personal table: city, region and country.
    pub fn place(&self) -> Place {
        Place { city: self.city.clone(), region: self.region.clone(), country: self.country.clone() }
    }
}

/// What analytics may keep of an address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// City or town.
    pub city: String,
    /// State or province.
    pub region: String,
    /// ISO 3166-1 alpha-2, or the channel's text.
    pub country: String,
}
