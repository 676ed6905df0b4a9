#include "tests/support/world.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/json_text.h"
#include "core/base/text.h"
#include "core/records/identities.h"
#include "core/records/keys.h"
#include "core/records/slot_uses.h"
#include "core/records/vault.h"
#include "core/service/dispatch.h"
#include "core/service/resolve.h"
#include "tests/support/api_model.h"
#include "tests/support/commit.h"

namespace kms::testing {

policy::Decision ScriptedAuthorizer::decide(const Transaction& transaction, const Caller& caller,
                                            const AccessQuestion& question) const {
  asked.push_back(cat(question.action, " ", question.resource));
  (void)question.conditions.entries();  // filled while there is something to fill them from
  questions.push_back(question);
  questions.back().key = nullptr;
  if (!denied.contains(question.resource) && !denied.contains(question.action)) {
    return policies.decide(transaction, caller, question);
  }
  policy::Decision refusal;
  refusal.explicit_deny = true;
  refusal.reason = "because the test says so";
  return refusal;
}

std::vector<Slot> FakeSlots::list(const Transaction& /*transaction*/) const {
  return slots;
}

Slot FakeSlots::add(Transaction& /*transaction*/, SlotKind kind, std::string_view principal,
                    const SecretBytes& /*credential*/, Time now, std::string_view label) {
  slots.push_back(
      {cat("0000000", std::to_string(slots.size() + 1)), kind, std::string(principal), now, std::string(label)});
  return slots.back();
}

void FakeSlots::remove(Transaction& /*transaction*/, std::string_view id, std::string_view /*owner*/) {
  if (std::erase_if(slots, [&](const Slot& slot) { return slot.id == id; }) == 0) throw Error(ErrorCode::kNotFound);
}

Slot FakeSlots::replace(Transaction& /*transaction*/, std::string_view id, const SecretBytes& /*credential*/,
                        Time now) {
  for (Slot& slot : slots) {
    if (slot.id != id) continue;
    slot.created = now;
    return slot;
  }
  throw Error(ErrorCode::kNotFound);
}

void TestRandom::fill(MutableBytes out) {
  if (!repeated_) return system_.fill(out);
  for (auto& byte : out) byte = static_cast<std::uint8_t>((*repeated_)());
}

World::World(std::span<const Operation> table)
    : context{clock, random, store, slots, authorizer, audit, upkeep, table} {
  context.care = &care;
  const auto transaction = store.begin(Access::kWrite);
  put_first_records(*transaction, caller.home, random);
  put_slot_use(*transaction, slots.unlocking_slot(), clock.time);     // within the hour: no event of it
  put_next_due(*transaction, clock.time + std::chrono::minutes(10));  // as the first call of a vault would
  commit_now(*transaction);
  for (const char* name : {"user/x", "user/y"}) add_identity(name);
}

void World::add_identity(std::string_view name) {
  const auto transaction = store.begin(Access::kWrite);
  const auto parsed = parse_identity_name(caller.home.account, name);
  put_identity(*transaction, {parsed.value(), make_unique_id(parsed->kind, random), clock.time});
  commit_now(*transaction);
}

Proof World::proof() {
  Proof proof;
  proof.principal = caller.principal;
  proof.principal_id =
      caller.principal_id.empty() ? unique_id_of(*store.begin(Access::kRead), caller.principal) : caller.principal_id;
  proof.session_token = caller.session_token;
  proof.region = caller.home.region;
  proof.via_service = caller.via_service;
  proof.user_agent = caller.user_agent;
  proof.source_address = "127.0.0.1";
  proof.listener = caller.listener;
  return proof;
}

Json World::call(std::string_view operation, const Json& request) {
  Json answer = dispatch(context, proof(), operation, request.is_null() ? Json::object() : request);
  encode_blobs(answer);  // as they go over the wire
  for (const std::string& difference : differences(operation, answer)) {
    strays.insert(cat(operation, ": ", difference));
  }
  return answer;
}

std::string World::create_key() {
  return create_key(Json::object());
}

std::string World::create_key(const Json& request) {
  return call("CreateKey", request).at("KeyMetadata").at("Arn");
}

void World::set_state(std::string_view arn, KeyState state) {
  const auto transaction = store.begin(Access::kWrite);
  Key key = resolve_key(*transaction, caller.home, arn, KeyReference::kIdOrArn, clock.time);
  key.state = state;
  put_key(*transaction, key);
  commit_now(*transaction);
}

Records World::data() const {
  Records records = store.records;
  std::erase_if(records.logs, [](const auto& log) { return log.first.starts_with("audit/"); });
  std::erase_if(records.values, [](const auto& record) {
    const std::string& collection = record.first.first;
    return collection.starts_with("usage/") || collection.starts_with("stretches/") || collection == "slot-use" ||
           collection == "checkpoint-time";
  });
  records.values.erase({"clock", "time"});
  records.values.erase({"due", "next"});
  return records;
}

std::vector<Json> World::audited() const {
  std::vector<Json> events;
  const auto log = store.records.logs.find(audit_log(caller.home));
  if (log == store.records.logs.end()) return events;
  for (const std::string& value : log->second) events.push_back(Json::parse(value));
  return events;
}

}  // namespace kms::testing
