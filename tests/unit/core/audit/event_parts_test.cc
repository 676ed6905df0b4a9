// What is found of an event without parsing it.
#include "core/audit/event_parts.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "core/base/error.h"
#include "core/base/text.h"

using namespace kms;

namespace {

const AccountRegion kHere{"111122223333", "eu-central-1"};

// An Encrypt of a key.
AuditEvent event_by(std::string_view user) {
  AuditEvent event(Time(std::chrono::seconds(1'700'000'000)), "event", "request");
  event.author = EventAuthor{kHere, AuthorKind::kUser, cat("arn:aws:iam::111122223333:user/", user), "AIDA"};
  event.operation = "Encrypt";
  event.resources.push_back(kHere.arn("key/1"));
  return event;
}

}  // namespace

TEST_SUITE("audit/event_parts") {
  TEST_CASE("what acted without a call is told in its place") {
    AuditEvent event = event_by("nobody");
    event.author = vault_author(kHere);
    event.operation = "RotateKey";
    const std::string text = encode(event);
    const EventParts parts(text);
    CHECK(parts.principal().empty());
    const EventParts of_other_form(decode(text).dump());
    CHECK(line_of(parts).principal == line_of(decode(text)).principal);
    CHECK(line_of(of_other_form).principal == line_of(parts).principal);
    CHECK_FALSE(line_of(parts).principal.empty());
  }

  TEST_CASE("what a request says is not taken for what the event says, nor an escape for the end of a text") {
    AuditEvent event = event_by("x\\\"},\"eventTime\":\"");
    event.author->user_agent = R"(","eventName":"Decrypt","arn":"a")";
    *event.request_parameters = {
        {"eventName", "Decrypt"}, {"resources", {{{"ARN", "arn:of:request"}}}}, {"arn", "a"},
        {"requestID", "r"},       {"errorCode", "AccessDeniedException"},       {"eventID", "e"},
        {"readOnly", true}};
    event.read_only = false;
    *event.response_elements = *event.request_parameters;
    const std::string text = encode(event);
    const Json json = decode(text);
    const EventParts parts(text);
    CHECK(parts.time() == "2023-11-14T22:13:20Z");
    CHECK(parts.operation() == "Encrypt");
    CHECK(parts.principal() == as_in_event(json["userIdentity"]["arn"].get<std::string>()));
    REQUIRE(parts.resources().size() == 1);
    CHECK(parts.resources()[0] == kHere.arn("key/1"));
    CHECK(parts.id() == "event");
    CHECK_FALSE(parts.failed());
    CHECK_FALSE(parts.read_only());
    // As another version might write it.
    const EventParts of_other_form(json.dump());
    CHECK(of_other_form.operation() == parts.operation());
    CHECK(of_other_form.principal() == parts.principal());
    CHECK(of_other_form.time() == parts.time());
    CHECK(of_other_form.resources()[0] == parts.resources()[0]);
    CHECK(of_other_form.id() == "event");
    CHECK_FALSE(of_other_form.failed());
    CHECK_FALSE(of_other_form.read_only());
    for (const EventLine& line : {line_of(parts), line_of(of_other_form)}) {
      const EventLine of_json = line_of(json);
      CHECK(line.time == of_json.time);
      CHECK(line.operation == of_json.operation);
      CHECK(line.principal == of_json.principal);
      CHECK(line.principal.find("x\\\"}") != std::string::npos);
      CHECK(line.result == "ok");
      CHECK(line.resource == of_json.resource);
      CHECK(line.id == "event");
    }
  }

  TEST_CASE("how an event ended is found in any form of it") {
    AuditEvent event = event_by("x");
    event.author->user_agent = R"(","errorCode":"none","readOnly":false)";
    for (const ErrorCode code : {ErrorCode::kAccessDenied, ErrorCode::kNotFound}) {
      event.failure = EventFailure{code, R"(","errorCode":"AccessDeniedException")"};
      const std::string text = encode(event);
      for (const std::string& form : {text, decode(text).dump()}) {
        const EventParts parts(form);
        CHECK(parts.failed());
        CHECK(parts.denied() == (code == ErrorCode::kAccessDenied));
        CHECK(parts.read_only());
      }
    }
  }

  TEST_CASE("of what acts without a call there is no principal, of an event about nothing no resource") {
    AuditEvent event = event_by("x");
    event.author = vault_author(kHere);
    event.resources.clear();
    *event.service_details = {{"arn", "a"}, {"resources", {{{"ARN", "b"}}}}};
    const std::string text = encode(event);
    const EventParts parts(text);
    CHECK(parts.principal().empty());
    CHECK(parts.resources().empty());
    CHECK_THROWS_AS(EventParts("no JSON"), Error);
  }
}
