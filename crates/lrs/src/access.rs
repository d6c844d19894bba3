//! Who may use this room's routes. The resources of xAPI are open to whoever shows a key; each looks at its scopes.

use kernel::Role;
use web::{Access, Rule, ScopeOf};

use crate::BODY_MAX;

const READERS: Access = Access::Roles(&[Role::Staff, Role::Administrator], ScopeOf::Hall);
const ADMINISTRATORS: Access = Access::Roles(&[Role::Administrator], ScopeOf::Hall);

macro_rules! resource {
    ($($path:literal)*) => {
        &[
            $(
                Rule::get($path, Access::XapiClient),
                Rule::put($path, Access::XapiClient).takes(BODY_MAX),
                Rule::post($path, Access::XapiClient).takes(BODY_MAX),
                Rule::delete($path, Access::XapiClient),
            )*
            Rule::post("/xapi/oauth/token", Access::XapiClient),
            Rule::get("/api/archive/clients", ADMINISTRATORS),
            Rule::post("/api/archive/clients", ADMINISTRATORS),
            Rule::delete("/api/archive/clients/{client}", ADMINISTRATORS),
            Rule::get("/api/archive/statements", READERS),
            Rule::get("/api/archive/tenants", ADMINISTRATORS),
            Rule::post("/api/archive/tenants", ADMINISTRATORS),
            Rule::patch("/api/archive/tenants/{tenant}", ADMINISTRATORS),
            Rule::post("/api/archive/erasures", ADMINISTRATORS),
            Rule::get("/api/archive/export", ADMINISTRATORS),
            Rule::get("/api/archive/forwards", ADMINISTRATORS),
            Rule::post("/api/archive/forwards", ADMINISTRATORS).secret(),
            Rule::delete("/api/archive/forwards/{forward}", ADMINISTRATORS),
        ]
    };
}

pub const ACCESS: &[Rule] = resource! {
    "/xapi/statements"
    "/xapi/statements/more/{token}"
    "/xapi/activities"
    "/xapi/activities/state"
    "/xapi/activities/profile"
    "/xapi/agents"
    "/xapi/agents/profile"
    "/xapi/about"
    "/xapi/{*unknown}"
};
