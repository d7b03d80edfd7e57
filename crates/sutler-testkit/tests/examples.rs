//! The two example channels against the suite every channel must pass.

use sutler_testkit::{
    channel_suite,
    examples::{arranging, ledgerlike},
};

channel_suite!(arranging_suite, arranging::subject);
channel_suite!(ledgerlike_suite, ledgerlike::subject);
