#pragma once
// What an alert tells its destination: a JSON object on one line. Programs and webhooks read it, so members are added
// to it and never change:
//   version 1 · id, the same in each try · alert, condition, account · time, of what it tells · text, a sentence
//   event: as the trail has it, where there is one · key, due: of what a date of a key is about · count, of what is
//   counted · test: true, of one that was asked for
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/model/alert.h"

namespace kms {

struct AlertNews {
  std::string id;
  Time time;
  std::string text;              // what happened, in a sentence without a period
  std::string event = {};        // JSON
  std::string key = {};          // ARN
  std::optional<Time> due = {};  // of the key
  std::optional<std::int64_t> count = {};
  bool test = false;
};
std::string notice_text(const Alert& alert, std::string_view account, const AlertNews& news);

}  // namespace kms
