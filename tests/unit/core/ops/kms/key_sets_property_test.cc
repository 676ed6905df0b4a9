// Random histories of an imported multi-Region key in three Regions of two vaults, while a clock runs, against a small
// model of what a set owes. A history that fails is made as short as it goes, and printed with its seed.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <vector>

#include "core/base/text.h"
#include "tests/support/effort.h"
#include "tests/support/key_sets.h"

using namespace kms;
using namespace kms::testing;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

constexpr int kSteps = 40;
constexpr int kMaterials = 4;
constexpr std::array kRegions = {"eu-central-1", "us-west-2", "ap-south-1"};
constexpr std::size_t kElsewhere = 2;  // the Region of the other vault
constexpr auto kWindow = hours(24 * 7);

enum class Act {
  kImport,
  kImportAgain,
  kDelete,
  kRotate,
  kReplicate,
  kPromote,
  kSchedule,
  kCancel,
  kSwitch,
  kExport,
  kReceive,
  kPassTime,
  kStepBack,
  kEncrypt,
  kAlias,
};
constexpr std::array kNames = {
    "import new", "import existing",   "delete material", "rotate",  "replicate", "promote",   "schedule",
    "cancel",     "disable or enable", "export",          "receive", "pass time", "step back", "encrypt",
    "alias"};
// How often each is drawn, in the same order.
constexpr std::array kWeights = {3, 6, 2, 3, 3, 3, 1, 1, 1, 3, 3, 3, 1, 3, 3};

struct Step {
  Act act;
  std::size_t region;  // 0 to 2
  int choice;          // 0 to 99
};

// What is known of the set, in the order in which it became known.
struct Roles {
  std::vector<int> order;
  int current = -1;
  int pending = -1;
  bool knows(int material) const { return std::find(order.begin(), order.end(), material) != order.end(); }
};

struct Member {
  bool exists = false;
  bool disabled = false;
  std::optional<Time> deletion;
  std::map<int, Time> imported;  // until when
  bool there(Time now) const { return exists && (!deletion || now < *deletion); }
  bool has(int material, Time now) const {
    const auto found = imported.find(material);
    return found != imported.end() && now < found->second;
  }
};

struct Ciphertext {
  int material;
  std::string blob;
};

class History {
 public:
  History() {
    move_home(elsewhere_, kRegions[kElsewhere]);
    here_.call("AddRegion", {{"Region", kRegions[1]}});
    const std::string arn = here_.create_key({{"MultiRegion", true}, {"Origin", "EXTERNAL"}});
    id_ = arn.substr(arn.find('/') + 1);
    for (int i = 0; i < kMaterials; ++i) {
      materials_.push_back(SecretBytes::copy_of(Bytes(32, static_cast<std::uint8_t>(i + 1))));
    }
    for (std::size_t region = 0; region < kRegions.size(); ++region) {
      others_[region] = call(region, "CreateKey", Json::object())["KeyMetadata"]["KeyId"];
    }
    members_[0].exists = true;
  }

  // Nothing, or what was not as the model foretold.
  std::string perform(const Step& step) {
    wrong_.clear();
    switch (step.act) {
      case Act::kImport:
      case Act::kImportAgain:
        import(step);
        break;
      case Act::kDelete:
        remove(step);
        break;
      case Act::kRotate:
        rotate();
        break;
      case Act::kReplicate:
        replicate();
        break;
      case Act::kPromote:
        promote();
        break;
      case Act::kSchedule:
        schedule(step);
        break;
      case Act::kCancel:
        cancel(step);
        break;
      case Act::kSwitch:
        disable(step);
        break;
      case Act::kExport:
        send();
        break;
      case Act::kReceive:
        receive(step);
        break;
      case Act::kPassTime:
        for (World* world : {&here_, &elsewhere_}) world->clock.advance(hours(1 + 2 * step.choice));
        break;
      case Act::kStepBack:
        for (World* world : {&here_, &elsewhere_}) world->clock.time -= minutes(1 + step.choice % 30);
        break;
      case Act::kEncrypt:
        encrypt(step.region);
        break;
      case Act::kAlias:
        name(step);
        break;
    }
    for (std::size_t region = 0; region < kRegions.size(); ++region) check(region);
    for (World* world : {&here_, &elsewhere_}) {
      if (const std::string found = violations(*world); !found.empty()) wrong_ += found;
      world->store.records.logs.clear();  // a transaction of the memory store copies all there is
    }
    return wrong_;
  }

 private:
  Time now() const { return here_.clock.time; }
  World& world(std::size_t region) { return region == kElsewhere ? elsewhere_ : here_; }
  Json call(std::size_t region, const char* operation, const Json& request) {
    return call_in(world(region), kRegions[region], operation, request);
  }
  // Whether it succeeded, which the model has foretold.
  bool expect(const char* what, const Json& answer, bool foretold) {
    const bool done = !answer.contains("__type");
    if (done != foretold) wrong_ += cat(what, ": ", done ? "succeeded" : answer["__type"].get<std::string>(), "\n");
    return done && foretold;
  }

  Roles& roles(std::size_t region) { return region == kElsewhere ? known_elsewhere_ : known_; }
  bool complete(std::size_t region) {
    const Roles& known = roles(region);
    return known.current >= 0 && std::all_of(known.order.begin(), known.order.end(), [&](int each) {
             return each == known.pending || members_[region].has(each, now());
           });
  }
  std::string state(std::size_t region) {
    const Member& member = members_[region];
    if (!member.there(now())) return "NotFoundException";
    if (member.deletion) return "PendingDeletion";
    if (!complete(region)) return "PendingImport";
    return member.disabled ? "Disabled" : "Enabled";
  }
  bool all_have(std::size_t region, int material) {
    for (std::size_t each = 0; each < kRegions.size(); ++each) {
      if ((each == kElsewhere) != (region == kElsewhere) || !members_[each].there(now())) continue;
      if (!members_[each].has(material, now())) return false;
    }
    return true;
  }
  std::size_t other_region() const { return 1 - primary_; }

  void import(const Step& step) {
    const bool is_new = step.act == Act::kImport;
    const int material = is_new ? step.choice % kMaterials : choose(step);
    Member& member = members_[step.region];
    Roles& known = roles(step.region);
    const bool open = member.there(now()) && !member.deletion;
    const bool has_room = known.pending < 0 || !member.has(known.pending, now());
    const bool foretold =
        open && (is_new ? step.region == primary_ && !known.knows(material) && has_room : known.knows(material));
    std::optional<Time> until;
    if (step.choice >= 80) until = now() + hours(24 + step.choice);
    const bool was_complete = complete(step.region);
    const Json answer = import_in(world(step.region), kRegions[step.region], id_,
                                  materials_[static_cast<std::size_t>(material)], is_new, until);
    if (!expect("import", answer, foretold)) return;
    if (is_new) {
      forget_pending();
      known.order.push_back(material);
      (known.current < 0 ? known.current : known.pending) = material;
    }
    member.imported[material] = until.value_or(Time::max());
    if (!was_complete && complete(step.region)) member.disabled = false;
  }

  // Most often material that is known there.
  int choose(const Step& step) {
    const std::vector<int>& known = roles(step.region).order;
    if (known.empty() || step.choice % 10 == 0) return step.choice % kMaterials;
    return known[static_cast<std::size_t>(step.choice) % known.size()];
  }

  void forget_pending() {
    if (known_.pending < 0) return;
    std::erase(known_.order, known_.pending);
    for (std::size_t region = 0; region < kElsewhere; ++region) members_[region].imported.erase(known_.pending);
    known_.pending = -1;
  }

  void remove(const Step& step) {
    const int material = choose(step);
    if (ids_.size() < kMaterials) learn_ids();
    if (!ids_.contains(material)) return;
    const Roles& known = roles(step.region);
    const bool foretold = members_[step.region].there(now()) && known.knows(material);
    const Json answer =
        call(step.region, "DeleteImportedKeyMaterial", {{"KeyId", id_}, {"KeyMaterialId", ids_[material]}});
    if (!expect("delete", answer, foretold)) return;
    if (step.region == primary_ && material == known.pending) return forget_pending();
    members_[step.region].imported.erase(material);
  }

  void learn_ids() {
    const Json answer =
        call(primary_, "ListKeyRotations", {{"KeyId", id_}, {"IncludeKeyMaterial", "ALL_KEY_MATERIAL"}});
    for (std::size_t i = 0; i < answer["Rotations"].size() && i < known_.order.size(); ++i) {
      ids_[known_.order[i]] = answer["Rotations"][i]["KeyMaterialId"];
    }
  }

  void rotate() {
    const bool foretold = state(primary_) == "Enabled" && known_.pending >= 0 && all_have(primary_, known_.pending);
    if (!expect("rotate", call(primary_, "RotateKeyOnDemand", {{"KeyId", id_}}), foretold)) return;
    known_.current = std::exchange(known_.pending, -1);
  }

  void replicate() {
    const std::size_t other = other_region();
    const bool foretold = state(primary_) == "Enabled" && !members_[other].there(now());
    const Json answer = call(primary_, "ReplicateKey", {{"KeyId", id_}, {"ReplicaRegion", kRegions[other]}});
    if (expect("replicate", answer, foretold)) renew(other);
  }
  void renew(std::size_t region) {
    members_[region] = Member();
    members_[region].exists = true;
    std::erase_if(aliases_, [&](const auto& alias) { return alias.first.first == region && alias.second; });
  }

  void promote() {
    const std::size_t other = other_region();
    const bool foretold = state(primary_) == "Enabled" && state(other) == "Enabled";
    const Json request{{"KeyId", id_}, {"PrimaryRegion", kRegions[other]}};
    if (expect("promote", call(primary_, "UpdatePrimaryRegion", request), foretold)) primary_ = other;
  }

  void schedule(const Step& step) {
    if (step.region == primary_) return;  // it would wait for its replicas
    const std::string before = state(step.region);
    const bool foretold = before != "NotFoundException" && before != "PendingDeletion";
    const Json request{{"KeyId", id_}, {"PendingWindowInDays", 7}};
    if (expect("schedule", call(step.region, "ScheduleKeyDeletion", request), foretold)) {
      members_[step.region].deletion = now() + kWindow;
    }
  }
  void cancel(const Step& step) {
    const bool foretold = state(step.region) == "PendingDeletion";
    if (!expect("cancel", call(step.region, "CancelKeyDeletion", {{"KeyId", id_}}), foretold)) return;
    members_[step.region].deletion.reset();
    members_[step.region].disabled = true;
  }
  void disable(const Step& step) {
    const bool off = step.choice % 4 == 0;
    const std::string before = state(step.region);
    const bool foretold = before == "Enabled" || before == "Disabled";
    const Json answer = call(step.region, off ? "DisableKey" : "EnableKey", {{"KeyId", id_}});
    if (expect("disable", answer, foretold)) members_[step.region].disabled = off;
  }

  void send() {
    const Json request{{"KeyId", id_}, {"Recipient", transport_key(elsewhere_)}};
    const Json answer = call(primary_, "ExportReplica", request);
    if (!expect("export", answer, state(primary_) == "Enabled")) return;
    ++sent_;
    bundles_.push_back({sent_, answer["Bundle"], known_});
  }
  // Any file that was sent, most often the last.
  void receive(const Step& step) {
    if (bundles_.empty()) return;
    const auto& bundle =
        step.choice < 80 ? bundles_.back() : bundles_[static_cast<std::size_t>(step.choice) % bundles_.size()];
    const Json request{{"Bundle", bundle.file}, {"Sender", transport_key(here_)}};
    if (!expect("receive", call(kElsewhere, "ImportReplica", request), bundle.number > received_)) return;
    received_ = bundle.number;
    if (!members_[kElsewhere].there(now())) renew(kElsewhere);
    known_elsewhere_ = bundle.known;
    std::erase_if(members_[kElsewhere].imported, [&](const auto& each) { return !bundle.known.knows(each.first); });
  }

  void encrypt(std::size_t region) {
    const Json answer = call(region, "Encrypt", {{"KeyId", id_}, {"Plaintext", "AAEC"}});
    if (!expect("encrypt", answer, state(region) == "Enabled")) return;
    ciphertexts_.push_back({roles(region).current, answer["CiphertextBlob"]});
  }

  // True where an alias is of the set, false where it is of another key.
  void name(const Step& step) {
    const std::pair place{step.region, cat("alias/", std::to_string(step.choice % 2))};
    const bool of_set = step.choice % 4 < 2;
    const bool there = members_[step.region].there(now());
    const bool target = !of_set || (there && !members_[step.region].deletion);
    const auto known = aliases_.find(place);
    const bool visible = known != aliases_.end() && (!known->second || there);
    const Json request{{"AliasName", place.second}, {"TargetKeyId", of_set ? id_ : others_[step.region]}};
    if (step.choice < 50) {
      if (expect("create alias", call(step.region, "CreateAlias", request), target && !visible)) {
        aliases_[place] = of_set;
      }
    } else if (known != aliases_.end() && !visible) {
      // Of a key that is gone: it can be deleted, unless it was destroyed with the key.
      call(step.region, "DeleteAlias", {{"AliasName", place.second}});
      aliases_.erase(place);
    } else if (step.choice < 75) {
      if (expect("update alias", call(step.region, "UpdateAlias", request), target && visible)) {
        aliases_[place] = of_set;
      }
    } else if (expect("delete alias", call(step.region, "DeleteAlias", {{"AliasName", place.second}}), visible)) {
      aliases_.erase(place);
    }
  }

  void check(std::size_t region) {
    const std::string expected = state(region);
    if (const std::string found = state_in(world(region), kRegions[region], id_); found != expected) {
      wrong_ += cat(kRegions[region], " is ", found, ", not ", expected, "\n");
    }
    check_aliases(region);
    if (expected == "NotFoundException") return;
    std::string foretold;
    const Roles& known = roles(region);
    for (const int each : known.order) {
      const bool waits = each == known.pending;
      if (!foretold.empty()) foretold += ", ";
      foretold += each == known.current    ? "CURRENT "
                  : !waits                 ? "NON_CURRENT "
                  : all_have(region, each) ? "PENDING_ROTATION "
                                           : "PENDING_MULTI_REGION_IMPORT_AND_ROTATION ";
      foretold += members_[region].has(each, now()) ? "IMPORTED" : "PENDING_IMPORT";
    }
    if (const std::string found = materials_in(world(region), kRegions[region], id_); found != foretold) {
      wrong_ += cat(kRegions[region], " has ", found, ", not ", foretold, "\n");
    }
    check_ciphertexts(region, expected == "Enabled");
  }

  void check_ciphertexts(std::size_t region, bool enabled) {
    const Roles& known = roles(region);
    for (std::size_t i = 0; i < ciphertexts_.size(); ++i) {
      if (i > 0 && i + 2 < ciphertexts_.size()) continue;  // the first, and the last two
      const auto& [material, blob] = ciphertexts_[i];
      const bool readable = enabled && known.knows(material) && material != known.pending;
      expect("decrypt", call(region, "Decrypt", {{"CiphertextBlob", blob}}), readable);
    }
  }

  void check_aliases(std::size_t region) {
    for (const auto& [place, of_set] : aliases_) {
      if (place.first != region) continue;
      const bool there = !of_set || members_[region].there(now());
      expect("describe by alias", call(region, "DescribeKey", {{"KeyId", place.second}}), there);
    }
  }

  struct Sent {
    int number;
    Json file;
    Roles known;
  };

  World here_;
  World elsewhere_;
  std::string id_;
  std::vector<SecretBytes> materials_;
  std::array<std::string, kRegions.size()> others_;
  std::array<Member, kRegions.size()> members_;
  Roles known_;
  Roles known_elsewhere_;
  std::size_t primary_ = 0;
  std::map<int, std::string> ids_;
  std::vector<Sent> bundles_;
  int sent_ = 0;
  int received_ = 0;
  std::vector<Ciphertext> ciphertexts_;
  std::map<std::pair<std::size_t, std::string>, bool> aliases_;
  std::string wrong_;
};

std::string run(const std::vector<Step>& steps) {
  History history;
  for (const Step& step : steps) {
    if (std::string wrong = history.perform(step); !wrong.empty()) return wrong;
  }
  return {};
}

// Without the steps that it fails without.
std::vector<Step> shortest(std::vector<Step> steps) {
  for (std::size_t i = steps.size(); i-- > 0;) {
    std::vector<Step> fewer = steps;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    if (!run(fewer).empty()) steps = std::move(fewer);
  }
  return steps;
}

std::string show(const std::vector<Step>& steps) {
  std::string out;
  for (const Step& step : steps) {
    out += cat(kNames.at(static_cast<std::size_t>(step.act)), " ", kRegions.at(step.region), " ",
               std::to_string(step.choice), "\n");
  }
  return out;
}

std::vector<Step> draw(unsigned seed) {
  std::mt19937 dice(seed);
  const auto below = [&](int count) { return std::uniform_int_distribution<int>(0, count - 1)(dice); };
  std::discrete_distribution<int> acts(kWeights.begin(), kWeights.end());
  std::vector<Step> steps{{Act::kImport, 0, 0}};
  while (steps.size() < kSteps) {
    const auto act = static_cast<Act>(acts(dice));
    const auto region = static_cast<std::size_t>(below(3));
    steps.push_back({act, region, below(100)});
  }
  return steps;
}

}  // namespace

TEST_SUITE("ops/key_sets") {
  TEST_CASE("any history of a set, in two vaults and under a moving clock, is as a small model foretells") {
    const char* const more = std::getenv("KMSCTL_TEST_HISTORIES");  // NOLINT(concurrency-mt-unsafe): one thread
    const unsigned seeds = more == nullptr ? repetitions(12) : static_cast<unsigned>(std::atoi(more));
    for (unsigned seed = 1; seed <= seeds; ++seed) {
      CAPTURE(seed);
      const std::vector<Step> steps = draw(seed);
      if (run(steps).empty()) continue;
      const std::vector<Step> few = shortest(steps);
      FAIL(cat(show(few), run(few)));
    }
  }
}
