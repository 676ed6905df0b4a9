#pragma once
// What events are found by, out of a text that is not parsed.
#include <string>
#include <string_view>
#include <vector>

#include "core/audit/event_text.h"

namespace kms {

// In encode()'s form each part is where it can be looked for. A text of another form, as of another version, is parsed.
// The parts are as as_in_event() has them, views into the text, which outlives this, or into this.
class EventParts {
 public:
  explicit EventParts(std::string_view text);  // throws as decode()
  EventParts(const EventParts&) = delete;
  EventParts& operator=(const EventParts&) = delete;
  EventParts(EventParts&&) = delete;
  EventParts& operator=(EventParts&&) = delete;
  ~EventParts() = default;

  std::string_view time() const { return time_; }  // to the second; as texts they compare as times
  std::string_view operation() const { return operation_; }
  std::string_view principal() const { return principal_; }    // ARN; empty where nobody called
  std::string_view invoked_by() const { return invoked_by_; }  // what acted, where nobody called
  std::string_view id() const { return id_; }
  std::string_view error() const { return error_; }  // its name; empty where there was none
  bool failed() const { return !error_.empty(); }
  bool denied() const;  // for want of a permission
  bool read_only() const { return read_only_; }
  const std::vector<std::string_view>& resources() const { return resources_; }

 private:
  bool find_in(std::string_view text);
  void find_resources(std::string_view end);
  std::string rewritten_;
  std::string_view time_;
  std::string_view operation_;
  std::string_view principal_;
  std::string_view invoked_by_;
  std::string_view error_;
  std::string_view id_;
  bool read_only_ = false;
  std::vector<std::string_view> resources_;
};

EventLine line_of(const EventParts& event);

}  // namespace kms
