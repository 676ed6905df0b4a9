// An operator, a key, a value of a policy and a value of a request, a line each: whatever they are, the condition is
// decided, and for one value the negated operator says the opposite.
#include <cstdlib>

#include "core/base/text.h"
#include "core/policy/condition.h"
#include "tests/fuzz/start.h"

namespace {

using namespace kms;
using namespace kms::policy;

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  return start_fuzzing();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(data, data + size);
  std::string_view text = input;
  const std::string name(take_line(text));
  const std::string key(take_line(text));
  const std::string value(take_line(text));
  const auto op = parse_operator(name);
  if (!op) return 0;
  ConditionContext context;
  context.set(key, std::string(text));
  context.set("aws:username", "alice");
  const ConditionTest test{*op, name, key, {value}};
  const bool plain = holds(test, Effect::kAllow, true, context);
  ConditionTest opposite = test;
  opposite.op.negated = !opposite.op.negated;
  const bool usual = op->set == SetQualifier::kNone && op->comparison != Comparison::kNull;
  if (usual && lower_ascii(key) != "aws:username" && plain == holds(opposite, Effect::kAllow, true, context)) {
    std::abort();
  }
  (void)holds(test, Effect::kDeny, false, ConditionContext());
  return 0;
}
