//! The OpenAPI 3.1 document, put together from what the rooms' handlers declare. What holds for every route is added here
//! and nowhere else: the problems, the header parameters, the path parameters, the ways to sign in, and who may
//! use the route (`x-access`, from the access tables).

use http::Method;
use serde_json::json;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    ContentBuilder, InfoBuilder, ObjectBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Required, ResponseBuilder,
    schema::Type,
};
use utoipa::{PartialSchema, ToSchema};

use crate::access::{Access, Rule, ScopeOf};
use crate::app::RoomDoc;
use crate::problem::ProblemDocument;
use crate::session::COOKIE_NAME;
use crate::{own, wire};

/// The document of the whole hall.
pub fn assemble(rooms: Vec<RoomDoc>) -> OpenApi {
    let info = InfoBuilder::new()
        .title("Guildhall 匠家")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "The HTTP interface of the hall. Errors are application/problem+json; every write carries an Idempotency-Key, but for those \
             that say that they take none; writes by cookie carry X-CSRF-Token. Every answer of the main address and the head of every live \
             stream carry X-Hall-Time: the hall's time in ms since the epoch; in a demonstration also how many times faster it \
             runs, as in 1790000000123;pace=10.",
        ))
        .license(Some(utoipa::openapi::LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build()));
    let mut document = OpenApiBuilder::new().info(info.build()).build();
    let mut rules: Vec<&Rule> = own::RULES.iter().collect();
    document.merge(own::routes().into_openapi());
    for room in rooms {
        document.merge(room.openapi);
        rules.extend(room.access);
    }

    let components = document.components.get_or_insert_with(Default::default);
    for (name, _, schema) in wire::schemas() {
        components.schemas.insert(name.to_owned(), schema);
    }
    components.schemas.insert("Problem".to_owned(), ProblemDocument::schema());
    let mut referred = Vec::new();
    ProblemDocument::schemas(&mut referred);
    components.schemas.extend(referred);
    components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(COOKIE_NAME))));
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("An edge's key")).build();
    components.add_security_scheme("edge_key", SecurityScheme::Http(bearer));

    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations_mut(item) {
            if let Some(rule) = rules.iter().find(|rule| rule.method == method && rule.path == path) {
                complete(operation, rule);
            }
            operation.operation_id.get_or_insert_with(|| format!("{method} {path}"));
        }
    }
    document
}

/// Every operation of the document by method and path.
pub(crate) fn operations(document: &OpenApi) -> Vec<(Method, String)> {
    let mut found = Vec::new();
    for (path, item) in &document.paths.paths {
        for (method, _) in operations_mut(&mut item.clone()) {
            found.push((method, path.clone()));
        }
    }
    found
}

fn operations_mut(item: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    [
        (Method::GET, item.get.as_mut()),
        (Method::POST, item.post.as_mut()),
        (Method::PUT, item.put.as_mut()),
        (Method::PATCH, item.patch.as_mut()),
        (Method::DELETE, item.delete.as_mut()),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation?)))
}

fn complete(operation: &mut Operation, rule: &Rule) {
    let has = |operation: &Operation, name: &str| {
        operation
            .parameters
            .iter()
            .flatten()
            .any(|parameter| matches!(parameter, RefOr::T(parameter) if parameter.name.eq_ignore_ascii_case(name)))
    };
    for name in path_parts(rule.path) {
        if !has(operation, name) {
            let parameter = path_parameter(name);
            operation.parameters.get_or_insert_default().push(RefOr::T(parameter));
        }
    }
    if rule.needs_key() && !has(operation, "Idempotency-Key") {
        operation.parameters.get_or_insert_default().push(RefOr::T(idempotency_parameter()));
    }
    if rule.writes() && !rule.needs_key() {
        let said = operation.description.take().map_or_else(String::new, |said| said + "\n\n");
        operation.description = Some(said + "Takes no Idempotency-Key: it may be sent twice, or counts by itself.");
    }
    if rule.writes() && rule.csrf && rule.access != Access::EdgeKey && !has(operation, "X-CSRF-Token") {
        operation.parameters.get_or_insert_default().push(RefOr::T(csrf_parameter()));
    }
    // Wherever a session is looked at, reading or writing.
    if rule.access != Access::EdgeKey && is_of_a_session(rule.path) && !has(operation, "X-Account") {
        operation.parameters.get_or_insert_default().push(RefOr::T(account_parameter()));
    }
    match rule.access {
        Access::Public | Access::DemoOnly => {}
        Access::SignedIn | Access::Roles(..) => {
            operation.security = Some(vec![SecurityRequirement::new("session", Vec::<String>::new())]);
        }
        Access::XapiClient => {}
        Access::EdgeKey => {
            operation.security = Some(vec![SecurityRequirement::new("edge_key", Vec::<String>::new())]);
        }
    }
    let problem = ResponseBuilder::new().description("A problem, said in both languages (RFC 9457)").content(
        "application/problem+json",
        ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build(),
    );
    operation.responses.responses.entry("default".to_owned()).or_insert_with(|| problem.build().into());
    let mut extensions = operation.extensions.take().unwrap_or_default();
    extensions.merge(Extensions::builder().add("x-access", access_of(rule)).build());
    operation.extensions = Some(extensions);
}

/// The hall's own routes say the same to everybody.
fn is_of_a_session(path: &str) -> bool {
    !own::RULES.iter().any(|rule| rule.path == path)
}

fn access_of(rule: &Rule) -> serde_json::Value {
    match rule.access {
        Access::Public => json!("public"),
        Access::SignedIn => json!("signed_in"),
        Access::DemoOnly => json!("demo_only"),
        Access::XapiClient => json!("xapi_client"),
        Access::EdgeKey => json!("edge_key"),
        Access::Roles(roles, scope_of) => {
            let scope = match scope_of {
                ScopeOf::Hall => "hall",
                ScopeOf::ContestParam => "contest",
                ScopeOf::VenueParam => "venue",
                ScopeOf::WithinContest => "within_contest",
                ScopeOf::Anywhere => "anywhere",
            };
            json!({"roles": roles.iter().map(|role| role.code()).collect::<Vec<_>>(), "scope": scope})
        }
    }
}

fn path_parts(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| name.trim_start_matches('*'))
}

fn path_parameter(name: &str) -> Parameter {
    let known = wire::schemas().into_iter().find(|(_, param, _)| *param == name);
    let schema: RefOr<_> = match known {
        Some((schema, ..)) => Ref::from_schema_name(schema).into(),
        None => ObjectBuilder::new().schema_type(Type::String).into(),
    };
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .schema(Some(schema))
        .build()
}

fn idempotency_parameter() -> Parameter {
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::True)
        .description(Some(
            "Made by the sender for each write; the same key with the same content gets the same answer.",
        ))
        .schema(Some(
            ObjectBuilder::new()
                .schema_type(Type::String)
                .min_length(Some(1))
                .max_length(Some(64))
                .pattern(Some("^[!-~]{1,64}$")),
        ))
        .build()
}

fn csrf_parameter() -> Parameter {
    ParameterBuilder::new()
        .name("X-CSRF-Token")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("`csrf_token` of the session's answer; needed when a session cookie is sent."))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build()
}

fn account_parameter() -> Parameter {
    ParameterBuilder::new()
        .name("X-Account")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "The account this belongs to; refused with `other_account` when the session is another's by now.",
        ))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build()
}
