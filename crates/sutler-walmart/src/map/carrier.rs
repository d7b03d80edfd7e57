//! Carrier names: whatever people write, to what Walmart lists. Total: what is not listed is "other".
//!
//! A listed carrier sent as "other" ruins the valid-tracking rate, so the aliases are generous; they are compared by
//! letters and digits only, in any case.

/// The carriers of the published enumeration, spelled as there.
pub(crate) const CARRIERS: &[&str] = &[
    "UPS",
    "USPS",
    "FedEx",
    "Airborne",
    "OnTrac",
    "DHL Ecommerce - US",
    "DHL",
    "LS",
    "UDS",
    "UPSMI",
    "FDX",
    "PILOT",
    "ESTES",
    "SAIA",
    "FDS Express",
    "Seko Worldwide",
    "HIT Delivery",
    "FEDEXSP",
    "RL Carriers",
    "Metropolitan Warehouse & Delivery",
    "China Post",
    "YunExpress",
    "Yellow Freight Sys",
    "AIT Worldwide Logistics",
    "Chukou1",
    "Sendle",
    "Landmark Global",
    "Sunyou",
    "Yanwen",
    "4PX",
    "GLS",
    "OSM Worldwide",
    "FIRST MILE",
    "AM Trucking",
    "CEVA",
    "India Post",
    "SF Express",
    "CNE",
    "TForce Freight",
    "AxleHire",
    "LSO",
    "Royal Mail",
    "ABF Freight System",
    "WanB",
    "Roadrunner Freight",
    "Meyer Distribution",
    "AAA Cooper",
    "Canada Post",
    "Southeastern Freight Lines",
    "Japan Post",
    "Correos de Mexico",
    "XPO Logistics",
    "JD Logistics",
    "YDH",
    "JCEX",
    "Flyt",
    "Deutsche Post",
    "Better Trucks",
    "Asendia",
    "SFC",
    "UBI",
    "ePost Global",
    "YF Logistics",
    "RXO",
    "Estes Express",
    "Shypmax",
    "WIN.IT America",
    "PITT OHIO",
    "PostNord Sweden",
    "Equick",
    "Whistl",
    "Tusou",
    "Shiprocket",
    "DTDC",
    "PTS",
];

/// Usual names, folded, with the listed carrier they mean.
const ALIASES: &[(&str, &str)] = &[
    ("unitedparcelservice", "UPS"),
    ("upsground", "UPS"),
    ("upsnextdayair", "UPS"),
    ("ups2nddayair", "UPS"),
    ("ups3dayselect", "UPS"),
    ("upsexpress", "UPS"),
    ("upsmailinnovations", "UPSMI"),
    ("mailinnovations", "UPSMI"),
    ("unitedstatespostalservice", "USPS"),
    ("uspostalservice", "USPS"),
    ("uspost", "USPS"),
    ("usmail", "USPS"),
    ("uspsfirstclass", "USPS"),
    ("uspspriority", "USPS"),
    ("uspsprioritymail", "USPS"),
    ("uspsprioritymailexpress", "USPS"),
    ("uspsgroundadvantage", "USPS"),
    ("uspsmediamail", "USPS"),
    ("federalexpress", "FedEx"),
    ("fedexground", "FedEx"),
    ("fedexexpress", "FedEx"),
    ("fedexhomedelivery", "FedEx"),
    ("fedexhome", "FedEx"),
    ("fedex2day", "FedEx"),
    ("fedexovernight", "FedEx"),
    ("fedexstandardovernight", "FedEx"),
    ("fedexpriorityovernight", "FedEx"),
    ("fedexsmartpost", "FEDEXSP"),
    ("smartpost", "FEDEXSP"),
    ("fedexgroundeconomy", "FEDEXSP"),
    ("dhlexpress", "DHL"),
    ("dhlecommerce", "DHL Ecommerce - US"),
    ("dhlecommerceus", "DHL Ecommerce - US"),
    ("dhlglobalmail", "DHL Ecommerce - US"),
    ("lasership", "LS"),
    ("uniteddeliveryservice", "UDS"),
    ("ontraclogistics", "OnTrac"),
    ("pilotfreight", "PILOT"),
    ("pilotfreightservices", "PILOT"),
    ("estesexpresslines", "Estes Express"),
    ("saialtl", "SAIA"),
    ("saialtlfreight", "SAIA"),
    ("seko", "Seko Worldwide"),
    ("sekologistics", "Seko Worldwide"),
    ("rl", "RL Carriers"),
    ("randlcarriers", "RL Carriers"),
    ("yrc", "Yellow Freight Sys"),
    ("yellowfreight", "Yellow Freight Sys"),
    ("yellow", "Yellow Freight Sys"),
    ("ait", "AIT Worldwide Logistics"),
    ("osm", "OSM Worldwide"),
    ("firstmile", "FIRST MILE"),
    ("cevalogistics", "CEVA"),
    ("sfexpressgroup", "SF Express"),
    ("tforce", "TForce Freight"),
    ("upsfreight", "TForce Freight"),
    ("lonestarovernight", "LSO"),
    ("abf", "ABF Freight System"),
    ("abffreight", "ABF Freight System"),
    ("arcbest", "ABF Freight System"),
    ("roadrunner", "Roadrunner Freight"),
    ("canadapostes", "Canada Post"),
    ("postescanada", "Canada Post"),
    ("southeasternfreight", "Southeastern Freight Lines"),
    ("xpo", "XPO Logistics"),
    ("jd", "JD Logistics"),
    ("epost", "ePost Global"),
    ("winit", "WIN.IT America"),
    ("postnord", "PostNord Sweden"),
    ("pittohioexpress", "PITT OHIO"),
    ("landmark", "Landmark Global"),
    ("yuntrackexpress", "YunExpress"),
];

/// The listed carrier that `name` means; none when it means none.
pub(crate) fn listed(name: &str) -> Option<&'static str> {
    let folded = fold(name);
    if folded.is_empty() {
        return None;
    }
    CARRIERS
        .iter()
        .copied()
        .find(|known| fold(known) == folded)
        .or_else(|| ALIASES.iter().find(|(alias, _)| *alias == folded).map(|(_, known)| *known))
}

fn fold(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g21_every_listed_carrier_is_itself() {
        assert_eq!(CARRIERS.len(), 75);
        for carrier in CARRIERS {
            assert_eq!(listed(carrier), Some(*carrier));
        }
    }

    #[test]
    fn aliases_lead_to_listed_carriers() {
        for (alias, carrier) in ALIASES {
            assert!(CARRIERS.contains(carrier), "{carrier}");
            assert_eq!(fold(alias), *alias);
            assert_eq!(listed(alias), Some(*carrier), "{alias} is itself a listed name");
        }
        for (name, want) in [
            ("ups", "UPS"),
            ("U.P.S.", "UPS"),
            ("fed ex", "FedEx"),
            ("FedEx Ground", "FedEx"),
            (" usps ", "USPS"),
            ("dhl", "DHL"),
            ("DHL eCommerce US", "DHL Ecommerce - US"),
            ("R+L Carriers", "RL Carriers"),
        ] {
            assert_eq!(listed(name), Some(want), "{name}");
        }
    }

    #[test]
    fn anything_else_is_not_listed() {
        for name in ["", " . ", "Pony Express", "UPS!S"] {
            assert_eq!(listed(name), None, "{name}");
        }
    }
}
