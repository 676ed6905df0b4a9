// Sequences of requests at the agent's front end, four bytes each: what is asked, by whom, about what, and what is
// wrong with it. A model beside it knows from the answers who each proof stands for. Nobody whose proof does not hold
// gets anything but a refusal; nobody is taken for somebody else; nobody does what no policy and no grant allows; and
// nothing looks like a bug.
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <functional>

#include "cli/agent/protocol.h"
#include "tests/fuzz/agent_model.h"
#include "tests/fuzz/agent_site.h"
#include "tests/fuzz/signed_request.h"
#include "tests/fuzz/start.h"

namespace {

using namespace kms;
using namespace kms::testing;
using agent::Peer;
using agent::Request;

constexpr std::size_t kMostSteps = 24;
constexpr int kFreeGuesses = 3;  // at unlocking, before the agent makes a uid wait
constexpr std::uint32_t kOwner = 70001;
constexpr const char* kAllowAll = R"({"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})";
const std::array<std::string, 2> kUsers = {"user/a", "user/b"};
const std::array<std::string, 2> kRoles = {"role/r", "role/s"};
constexpr std::array<char, 4> kFills = {'k', 'a', 'b', 'x'};  // of keyfiles
const std::set<std::string> kRefusals = {
    "AccessDeniedException",        "UnrecognizedClientException",         "InvalidSignatureException",
    "IncompleteSignatureException", "MissingAuthenticationTokenException", "ExpiredTokenException",
    "VaultLockedException",         "UnknownOperationException",           "ThrottlingException"};

std::uint32_t uid_of(unsigned choice) {
  return choice % 4 == 3 ? agent::overflow_uid() : kOwner + choice % 4;
}

// What one of the four bytes of a step says.
struct Step {
  unsigned what = 0;
  unsigned caller = 0;
  unsigned about = 0;
  unsigned how = 0;
};

// Everything in the sequence so far, for whoever reads of a failure.
std::vector<std::string>& told() {
  static std::vector<std::string> lines;
  return lines;
}

[[noreturn]] void fail(const std::string& why) {
  for (const std::string& line : told()) (void)std::fprintf(stderr, "%s\n", line.c_str());
  (void)std::fprintf(stderr, "INVARIANT: %s\n", why.c_str());
  std::abort();
}

class Sequence {
 public:
  Sequence(const std::string& path, Model model, std::string key)
      : site_(path), model_(std::move(model)), key_(std::move(key)) {}

  void perform(const Step& step);
  const Model& model() const { return model_; }
  const std::string& key() const { return key_; }
  void make_key() {
    key_ = ask_by_uid(kOwner, "TrentService.CreateKey", Json::object()).json.at("KeyMetadata").at("KeyId");
  }

 private:
  // Somebody, by a proof of one of four kinds; and whom the model takes it for.
  struct Caller {
    std::optional<std::uint32_t> uid;
    std::string uid_token;
    SigningKey signer;
    Defect defect = Defect::kNone;
    bool in_query = false;
    std::optional<Who> who;
  };
  Caller caller_of(const Step& step) const;
  Caller signing_caller(const Step& step) const;

  Reply ask(const Caller& caller, const std::string& target, const Json& body);
  Reply ask_by_uid(std::uint32_t uid, const std::string& target, const Json& body) {
    return ask({uid, {}, {}, Defect::kNone, false, model_.by_uid(uid)}, target, body);
  }
  void judge(const Caller& caller, const std::string& target, const Reply& reply, bool used);
  // Whether it was done; nobody may who is no administrator.
  std::optional<Reply> administer(const Step& step, const std::string& operation, const Json& body);

  void identify(const Step& step);
  void show_status(const Step& step);
  void use_key(const Step& step);
  void look_at_key(const Step& step);
  void create_identity(const Step& step);
  void delete_identity(const Step& step);
  void create_access_key(const Step& step);
  void delete_access_key(const Step& step);
  void map_uid(const Step& step);
  void unmap_uid(const Step& step);
  void assume_role(const Step& step);
  void put_policy(const Step& step);
  void delete_policy(const Step& step);
  void put_trust(const Step& step);
  void create_grant(const Step& step);
  void revoke_grant(const Step& step);
  void put_key_policy(const Step& step);
  void add_slot(const Step& step);
  void remove_slot(const Step& step);
  void lock(const Step& step);
  void unlock(const Step& step);
  void lock_as_operator(const Step& step);
  void advance(const Step& step);

  static std::string principal_of(const Step& step) {
    return (step.about & 2U) != 0 ? kRoles[step.about & 1U] : kUsers[step.about & 1U];
  }
  std::string trust_of(const Step& step, std::string& trusted) const;

  AgentSite site_;
  Model model_;
  std::string key_;
};

Sequence::Caller Sequence::signing_caller(const Step& step) const {
  const unsigned which = step.caller >> 2U;
  Caller caller;
  caller.defect = static_cast<Defect>((step.how & 15U) < 8 ? step.how & 7U : 0);
  caller.in_query = (step.how & 16U) != 0;
  caller.signer = {"AKIAAAAAAAAAAAAAAAAA", std::string(40, 'y'), ""};
  const bool by_session = (step.caller & 3U) == 3;
  std::optional<Who> who;
  if (by_session && !model_.sessions.empty()) {
    const ModelSession& session = model_.sessions[which % model_.sessions.size()];
    caller.signer = {session.access_key_id, session.secret, session.token};
    who = model_.by_session(session, site_.clock.now());
  } else if (!by_session && !model_.access_keys.empty()) {
    const ModelKey& key = model_.access_keys[which % model_.access_keys.size()];
    caller.signer = {key.id, key.secret, ""};
    who = model_.by_key(key);
  }
  if (caller.defect == Defect::kToken) {  // none with a session's key, or a session's with another key
    const std::string others = model_.sessions.empty() ? "AAAA" : model_.sessions.front().token;
    caller.signer.token = caller.signer.token.empty() ? others : "";
  }
  if (caller.defect == Defect::kNone) caller.who = who;
  return caller;
}

Sequence::Caller Sequence::caller_of(const Step& step) const {
  if ((step.caller & 3U) >= 2) return signing_caller(step);
  Caller caller;
  caller.uid = uid_of(step.caller >> 2U);
  const bool with_token = (step.caller & 1U) != 0;
  if (!with_token || model_.sessions.empty()) {
    if (with_token) caller.uid_token = "AAAA";
    caller.who = with_token ? std::nullopt : model_.by_uid(*caller.uid);
    return caller;
  }
  const ModelSession& session = model_.sessions[(step.caller >> 4U) % model_.sessions.size()];
  caller.uid_token = session.token;
  caller.who = model_.by_uid_with(*caller.uid, session, site_.clock.now());
  if ((step.how & 15U) == 1) {  // a token that nobody gave out
    caller.uid_token[caller.uid_token.size() / 2] ^= 1;
    caller.who.reset();
  }
  return caller;
}

// `target` is that of AWS JSON; STS is asked in its own protocol where requests are signed.
Reply Sequence::ask(const Caller& caller, const std::string& target, const Json& body) {
  const std::string operation = target.substr(target.find('.') + 1);
  const bool sts = operation == "GetCallerIdentity" || operation == "AssumeRole";
  const auto before = site_.frontend.last_use();
  Request request;
  if (caller.uid) {
    request.method(agent::http::verb::post);
    request.set(agent::kTargetHeader, target);
    if (!caller.uid_token.empty()) request.set(agent::kTokenHeader, caller.uid_token);
    const std::string text = body.dump();
    request.body().assign(text.data(), text.size());
  } else if (sts) {
    std::string form = cat("Action=", operation);
    for (const auto& [name, value] : body.items()) {
      form += cat("&", name, "=", percent_encoded(value.get_ref<const std::string&>()));
    }
    form += "&Version=2011-06-15";
    const bool get = caller.in_query;
    request = signed_request({"sts", get ? form : "", "", get ? "" : form, get, caller.defect}, caller.signer,
                             site_.clock.now());
  } else {
    request = signed_request({"kms", "", target, body.dump(), caller.in_query, caller.defect}, caller.signer,
                             site_.clock.now());
  }
  const Reply reply = site_.send(std::move(request), {caller.uid.has_value(), caller.uid.value_or(0), "127.0.0.1"});
  judge(caller, target, reply, site_.frontend.last_use() != before);
  return reply;
}

void Sequence::judge(const Caller& caller, const std::string& target, const Reply& reply, bool used) {
  const std::string by = caller.uid
                             ? cat("uid ", std::to_string(*caller.uid), caller.uid_token.empty() ? "" : " + token")
                             : cat(caller.signer.id, caller.signer.token.empty() ? "" : " + token", " defect ",
                                   std::to_string(static_cast<int>(caller.defect)));
  told().push_back(cat(target, " by ", by, " = ", caller.who ? caller.who->arn : "nobody", ": ",
                       reply.type.empty() ? "done" : reply.type));
  if (reply.type == "KMSInternalException" || (reply.status >= 500 && reply.type != "VaultLockedException")) {
    fail(cat("looks like a bug: ", reply.text));
  }
  if (caller.who) return;
  if (!kRefusals.contains(reply.type)) fail("an answer for a caller whose proof does not hold");
  if (reply.known) fail("a caller whose proof does not hold passes for a known one");
  if (used) fail("a caller whose proof does not hold keeps the vault unlocked");
}

std::optional<Reply> Sequence::administer(const Step& step, const std::string& operation, const Json& body) {
  const bool kms = operation == "PutKeyPolicy" || operation == "CreateGrant" || operation == "RevokeGrant";
  const Caller caller = caller_of(step);
  Reply reply = ask(caller, cat(kms ? "TrentService." : "Kmsctl.", operation), body);
  if (!reply.type.empty()) return std::nullopt;
  if (!caller.who || !model_.may_administer(*caller.who)) fail("nothing allows that");
  return reply;
}

void Sequence::identify(const Step& step) {
  const Caller caller = caller_of(step);
  const Reply reply = ask(caller, "Kmsctl.GetCallerIdentity", Json::object());
  if (!caller.who) return;
  if (!reply.type.empty()) fail(cat("a caller whose proof holds is not told who it is: ", reply.text));
  if (reply.field("Arn") != caller.who->arn || reply.field("UserId") != caller.who->user_id) {
    fail(cat("taken for somebody else: ", reply.text));
  }
}

void Sequence::show_status(const Step& step) {
  const std::uint32_t uid = uid_of(step.caller);
  Request request;
  request.method(agent::http::verb::get);
  request.target("/status");
  const Reply reply = site_.send(std::move(request), {true, uid, "127.0.0.1"});
  told().push_back(cat("/status by uid ", std::to_string(uid), ": ", reply.text));
  const auto who = model_.by_uid(uid);
  if (reply.type.empty() && !who && (!model_.locked || reply.json.size() != 2))
    fail("the status of a vault for nobody");
  if (who && reply.field("Principal") != who->arn) fail("taken for somebody else");
}

void Sequence::use_key(const Step& step) {
  const Caller caller = caller_of(step);
  const Reply reply = ask(caller, "TrentService.Encrypt", {{"KeyId", key_}, {"Plaintext", "aGk="}});
  const bool may = caller.who && model_.may_use_key(*caller.who);
  if (reply.type.empty() && !may) fail("neither a policy nor a grant allows that");
  if (!reply.type.empty() && may) fail(cat("a policy or a grant allows that: ", reply.text));
}

void Sequence::look_at_key(const Step& step) {
  const std::string id = (step.about & 1U) != 0 ? key_ : std::string(kAbsentKeyId);
  (void)ask(caller_of(step), "TrentService.DescribeKey", {{"KeyId", id}});
}

// Whom a new trust policy names, which has to exist, or everybody.
std::string Sequence::trust_of(const Step& step, std::string& trusted) const {
  const unsigned whom = (step.about >> 2U) % 3;
  if (whom == 2) trusted = "*";
  if (whom < 2) trusted = model_.present(arn_of(kUsers[whom])).id;
  return cat(R"({"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":")",
             whom == 2 ? "*" : arn_of(kUsers[whom]), R"("}}]})");
}

void Sequence::create_identity(const Step& step) {
  const std::string name = principal_of(step);
  Json body{{"Principal", name}};
  std::string trusted;
  if (name.starts_with("role/")) body["TrustPolicy"] = trust_of(step, trusted);
  const auto reply = administer(step, "CreatePrincipal", body);
  if (!reply) return;
  const std::string id = reply->json.at("Principal").at("PrincipalId");
  if (model_.identities.contains(arn_of(name))) fail("there are two of a name");
  for (const auto& [arn, other] : model_.identities) {
    if (other == id) fail("a unique id is given twice");
  }
  model_.identities[arn_of(name)] = id;
  if (!trusted.empty()) model_.trusted[id] = trusted;
}

void Sequence::delete_identity(const Step& step) {
  if (administer(step, "DeletePrincipal", {{"Principal", principal_of(step)}})) {
    model_.removed(arn_of(principal_of(step)));
  }
}

void Sequence::create_access_key(const Step& step) {
  const std::string name = step.about % 3 == 2 ? "root" : kUsers[step.about % 3];
  const auto reply = administer(step, "CreateAccessKey", {{"Principal", name}});
  if (!reply) return;
  const Json& made = reply->json.at("AccessKey");
  model_.access_keys.push_back({made.at("AccessKeyId"), made.at("SecretAccessKey"), model_.present(arn_of(name))});
  model_.live_access_keys.insert(model_.access_keys.back().id);
}

void Sequence::delete_access_key(const Step& step) {
  if (model_.access_keys.empty()) return;
  const std::string id = model_.access_keys[step.about % model_.access_keys.size()].id;
  if (administer(step, "DeleteAccessKey", {{"AccessKeyId", id}})) model_.live_access_keys.erase(id);
}

void Sequence::map_uid(const Step& step) {
  const std::uint32_t uid = uid_of(step.about >> 2U);
  const std::string name = principal_of(step);
  const auto reply = administer(step, "MapUid", {{"Uid", uid}, {"Principal", name}});
  if (!reply) return;
  if (uid == agent::overflow_uid()) fail("the overflow uid is somebody");
  model_.mappings[uid] = model_.present(arn_of(name));
}

void Sequence::unmap_uid(const Step& step) {
  const std::uint32_t uid = uid_of(step.about);
  if (administer(step, "UnmapUid", {{"Uid", uid}})) model_.mappings.erase(uid);
}

void Sequence::assume_role(const Step& step) {
  const Caller caller = caller_of(step);
  const Holder role = model_.present(arn_of(kRoles[step.about & 1U]));
  const std::string name = (step.about & 2U) != 0 ? "one" : "two";
  const Reply reply = ask(caller, "Kmsctl.AssumeRole", {{"RoleArn", role.arn}, {"RoleSessionName", name}});
  if (!reply.type.empty()) return;
  const auto trusted = model_.trusted.find(role.id);
  const bool may = trusted != model_.trusted.end() &&
                   (trusted->second == "*" || trusted->second == caller.who->id || model_.may_administer(*caller.who));
  if (role.id.empty() || !may) fail("the role trusts somebody else");
  // A session that a session opens is its source's.
  Holder source{caller.who->arn, caller.who->id};
  const std::string& token = caller.uid ? caller.uid_token : caller.signer.token;
  for (const ModelSession& each : model_.sessions) {
    if (each.token == token) source = each.source;
  }
  const bool json = reply.json.is_object();
  const auto credential = [&](const char* field) {
    return json ? reply.json.at("Credentials").at(field).get<std::string>() : reply.field(field);
  };
  model_.sessions.push_back({credential("SessionToken"), credential("AccessKeyId"), credential("SecretAccessKey"),
                             source, role, name, site_.clock.now() + std::chrono::hours(1)});
}

void Sequence::put_policy(const Step& step) {
  const std::string name = principal_of(step);
  if (administer(step, "PutPrincipalPolicy", {{"Principal", name}, {"PolicyName", "p"}, {"Policy", kAllowAll}})) {
    model_.administrators.insert(model_.present(arn_of(name)).id);
  }
}

void Sequence::delete_policy(const Step& step) {
  const std::string name = principal_of(step);
  if (administer(step, "DeletePrincipalPolicy", {{"Principal", name}, {"PolicyName", "p"}})) {
    model_.administrators.erase(model_.present(arn_of(name)).id);
  }
}

void Sequence::put_trust(const Step& step) {
  const std::string name = kRoles[step.about & 1U];
  std::string trusted;
  const std::string policy = trust_of(step, trusted);
  if (administer(step, "UpdateTrustPolicy", {{"Principal", name}, {"Policy", policy}})) {
    model_.trusted[model_.present(arn_of(name)).id] = trusted;
  }
}

void Sequence::create_grant(const Step& step) {
  const std::string arn = arn_of(principal_of(step));
  const auto reply = administer(step, "CreateGrant",
                                {{"KeyId", key_}, {"GranteePrincipal", arn}, {"Operations", Json::array({"Encrypt"})}});
  if (reply) model_.grants[reply->json.at("GrantId")] = model_.present(arn).id;
}

void Sequence::revoke_grant(const Step& step) {
  if (model_.grants.empty()) return;
  const auto grant = std::next(model_.grants.begin(), static_cast<std::ptrdiff_t>(step.about % model_.grants.size()));
  if (administer(step, "RevokeGrant", {{"KeyId", key_}, {"GrantId", grant->first}})) model_.grants.erase(grant);
}

void Sequence::put_key_policy(const Step& step) {
  const std::string arn = arn_of(principal_of(step));
  const std::string policy =
      cat(R"({"Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*","Principal":{"AWS":")", kModelRoot,
          R"("}},{"Effect":"Allow","Action":"kms:Encrypt","Resource":"*","Principal":{"AWS":")", arn, R"("}}]})");
  if (administer(step, "PutKeyPolicy", {{"KeyId", key_}, {"Policy", policy}})) {
    model_.named_by_key = {model_.present(arn).id};
  }
}

void Sequence::add_slot(const Step& step) {
  if (model_.slots.size() > 6) return;
  const char fill = kFills[1 + step.about % 2];
  const std::string name = kUsers[step.about % 2];
  const std::string secret(32, fill);
  const auto reply = administer(
      step, "AddSlot", {{"Principal", name}, {"Kind", "KEYFILE"}, {"Credential", encode_base64(as_bytes(secret))}});
  if (reply) model_.slots.push_back({reply->json.at("Slot").at("SlotId"), fill, arn_of(name)});
}

void Sequence::remove_slot(const Step& step) {
  if (model_.slots.empty()) return;
  const std::string id = model_.slots[step.about % model_.slots.size()].id;
  if (!administer(step, "RemoveSlot", {{"SlotId", id}})) return;
  std::erase_if(model_.slots, [&](const ModelSlot& slot) { return slot.id == id; });
}

void Sequence::lock(const Step& step) {
  Caller caller;
  caller.uid = uid_of(step.caller);
  caller.who = model_.by_uid(*caller.uid);
  const Reply reply = ask(caller, "KmsctlAgent.Lock", Json::object());
  if (!reply.type.empty()) return;
  if (!model_.may_administer(*caller.who)) fail("nothing allows that");
  model_.locked = true;
  model_.standings.clear();
}

void Sequence::lock_as_operator(const Step& /*step*/) {
  Request request;
  request.method(agent::http::verb::post);
  request.set(agent::kTargetHeader, "KmsctlAgent.Lock");
  const Reply reply = site_.send(std::move(request), {true, geteuid(), "127.0.0.1"});
  told().push_back(cat("Lock by the operator: ", reply.text));
  if (!reply.type.empty()) fail("whoever runs the agent cannot lock it");
  model_.locked = true;
  model_.standings.clear();
}

void Sequence::unlock(const Step& step) {
  const std::uint32_t uid = uid_of(step.caller);
  const char fill = kFills[step.about % kFills.size()];
  const auto slot =
      std::find_if(model_.slots.begin(), model_.slots.end(), [&](const auto& s) { return s.fill == fill; });
  const bool opens = slot != model_.slots.end();
  if (!opens && model_.failures[uid] == kFreeGuesses) return;
  Request request;
  request.method(agent::http::verb::post);
  request.set(agent::kTargetHeader, "KmsctlAgent.Unlock");
  request.set(agent::kCredentialHeader, "KEYFILE");
  request.body() = agent::BodyText(32, fill);
  const Reply reply = site_.send(std::move(request), {true, uid, "127.0.0.1"});
  told().push_back(cat("Unlock by uid ", std::to_string(uid), " with ", std::string(1, fill), ": ",
                       reply.type.empty() ? "done" : reply.type));
  const bool may = model_.locked || (opens && slot->principal == kModelRoot);
  const std::string expected = uid == agent::overflow_uid() ? "AccessDeniedException"
                               : !opens                     ? "WrongPassphraseException"
                               : may                        ? ""
                                                            : "ConflictException";
  if (reply.type != expected) fail(cat("should be: ", expected, " instead of: ", reply.text));
  if (reply.type == "WrongPassphraseException") ++model_.failures[uid];
  if (!reply.type.empty()) return;
  model_.locked = false;
  model_.failures[uid] = 0;
  model_.standings[uid] = model_.present(slot->principal);
}

void Sequence::advance(const Step& step) {
  site_.clock.advance(std::chrono::minutes(1U + step.about % 64));
  told().push_back(cat("it is ", iso_seconds(site_.clock.now())));
}

void Sequence::perform(const Step& step) {
  using Perform = void (Sequence::*)(const Step&);
  static constexpr std::array<Perform, 24> kSteps = {&Sequence::identify,
                                                     &Sequence::show_status,
                                                     &Sequence::use_key,
                                                     &Sequence::look_at_key,
                                                     &Sequence::create_identity,
                                                     &Sequence::delete_identity,
                                                     &Sequence::create_access_key,
                                                     &Sequence::delete_access_key,
                                                     &Sequence::map_uid,
                                                     &Sequence::unmap_uid,
                                                     &Sequence::assume_role,
                                                     &Sequence::put_policy,
                                                     &Sequence::delete_policy,
                                                     &Sequence::put_trust,
                                                     &Sequence::create_grant,
                                                     &Sequence::revoke_grant,
                                                     &Sequence::put_key_policy,
                                                     &Sequence::add_slot,
                                                     &Sequence::remove_slot,
                                                     &Sequence::lock,
                                                     &Sequence::unlock,
                                                     &Sequence::lock_as_operator,
                                                     &Sequence::advance,
                                                     &Sequence::identify};
  (this->*kSteps[step.what % kSteps.size()])(step);
}

// The vault that every sequence begins with: users a and b, a has a slot, an access key and a uid; role r trusts a.
struct Beginning {
  Beginning() {
    const SecretBytes credential = test::raw_key('k');
    RepeatingRandom random;
    vault::create(vault(), {{SlotKind::kKeyfile, kModelRoot, &credential}}, FakeClock().now(), random,
                  test::cheap_options(), [&](Transaction& transaction) {
                    put_first_records(transaction, {kModelAccount, "us-east-1"}, random);
                  });
    Model model;
    model.slots = {{"", 'k', kModelRoot}};
    Sequence sequence(vault(), model, "");
    for (const Step& step :
         std::initializer_list<Step>{{20, 0, 0}, {4, 0, 0}, {4, 0, 1}, {4, 0, 2}, {17, 0, 0}, {6, 0, 0}, {8, 0, 4}}) {
      sequence.perform(step);
    }
    sequence.make_key();
    sequence.perform({21});
    now = sequence.model();
    key = sequence.key();
    if (now.identities.size() != 3 || now.slots.size() != 2 || now.mappings.empty()) fail("no beginning");
  }
  std::string vault() const { return (directory.path / "beginning").string(); }
  // Without the journal, which is empty while no agent has the vault.
  std::string copy() const {
    const auto path = directory.path / "copy";
    std::filesystem::remove_all(path);
    std::filesystem::create_directory(path);
    for (const char* file : {"data.mdb", "vault.hdr", "vault.lock"}) {
      std::filesystem::copy_file(std::filesystem::path(vault()) / file, path / file);
    }
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path.string();
  }

  ScratchDirectory directory;
  Model now;
  std::string key;
};

const Beginning& beginning() {
  static const Beginning made;
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kStepSize = 4;
  if (size < kStepSize || size > kStepSize * kMostSteps) return -1;
  told().clear();
  Sequence sequence(beginning().copy(), beginning().now, beginning().key);
  sequence.perform({20, 0, 0, 0});  // the owner unlocks it
  for (std::size_t at = 0; at + kStepSize <= size; at += kStepSize) {
    sequence.perform({data[at], data[at + 1], data[at + 2], data[at + 3]});
  }
  return 0;
}

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  const int result = start_fuzzing();
  (void)beginning();
  return result;
}
