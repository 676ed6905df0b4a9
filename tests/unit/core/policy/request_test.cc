#include "core/policy/request.h"

#include <doctest/doctest.h>

#include <string>

#include "core/base/text.h"

using namespace kms;
using namespace kms::policy;

namespace {

std::string shown(const ConditionContext& context) {
  std::string out;
  for (const auto& [name, values] : context.entries()) {
    for (const ContextValue& value : values) {
      out += cat(out.empty() ? "" : " ", name, "=");
      for (const std::string& each : value.values) out += cat(each, value.multivalued ? "," : "");
    }
  }
  return out;
}

}  // namespace

TEST_SUITE("policy/request") {
  TEST_CASE("keys are found whatever the order and the letter case in which they were set") {
    ConditionContext context;
    context.set("kms:B", "1");
    context.set_all("aws:A", {"2", "3"});
    CHECK(context.find("KMS:b")->front().values.front() == "1");
    context.set("kms:A", "4");
    context.set("kms:C", "5");
    CHECK(shown(context) == "aws:a=2,3, kms:a=4 kms:b=1 kms:c=5");
    CHECK(context.find("kms:d") == nullptr);
  }

  TEST_CASE("names that differ in case alone are all kept, the first one first") {
    ConditionContext context;
    context.set("x:Name", "1");
    context.set("x:name", "2");
    CHECK(context.find("x:NAME")->size() == 2);
    context.set("x:a", "0");
    context.set("x:NAME", "3");
    CHECK(shown(context) == "x:a=0 x:name=1 x:name=2 x:name=3");
    context.replace("x:nAME", "4");
    context.replace("x:b", "5");
    CHECK(shown(context) == "x:a=0 x:b=5 x:name=4");
  }

  TEST_CASE("a copy keeps what it has when the other one changes") {
    int fills = 0;
    ConditionContext context([&](ConditionContext& out) {
      ++fills;
      out.set("b", "1");
      out.set("a", "2");
    });
    ConditionContext copy = context;
    CHECK(fills == 0);
    copy.set("c", "3");
    CHECK(shown(context) == "a=2 b=1");
    CHECK(shown(copy) == "a=2 b=1 c=3");
    copy.replace("a", "4");
    CHECK(shown(context) == "a=2 b=1");
    CHECK(shown(copy) == "a=4 b=1 c=3");
    CHECK(fills == 1);
  }

  // Each of them moved all before it when every name was put in its place at once.
  TEST_CASE("many keys in the order that is worst for sorting") {
    constexpr int kMany = 300'000;
    ConditionContext context;
    for (int i = kMany; i > 0; --i) context.set(cat("key", std::to_string(1'000'000 + i)), std::to_string(i));
    CHECK(context.entries().size() == kMany);
    CHECK(context.find("KEY1000007")->front().values.front() == "7");
  }
}
