#include "cli/agent/admission.h"

#include <doctest/doctest.h>

#include <set>

#include "cli/agent/body_budget.h"
#include "core/base/text.h"

using namespace kms::agent;

namespace {

struct Fake final : Connection {
  void start() override {}
  void check(SteadyTime /*now*/) override {}
  void finish() override {}
  void give_way() override { ++told; }
  void serve() { waits_ = false; }
  void know() { known_ = true; }
  int told = 0;
};
using Fakes = std::vector<std::shared_ptr<Fake>>;

struct House {
  explicit House(std::size_t most) : admission(most) {}

  // As many as were let in.
  Fakes enter(std::size_t count, Group group, const std::string& source) {
    Fakes in;
    for (std::size_t i = 0; i < count; ++i) {
      auto each = std::make_shared<Fake>();
      if (!admission.enter(each, group, source)) continue;
      in.push_back(each);
      all.push_back(each);
      leave_those_told();
    }
    return in;
  }

  void leave_those_told() {
    for (auto& each : all) {
      if (each->told > 0) admission.leave(*each);
    }
    std::erase_if(all, [](const auto& each) { return each->told > 0; });
  }

  Admission admission;
  Fakes all;
};

int told(const Fakes& fakes) {
  int sum = 0;
  for (const auto& each : fakes) sum += each->told;
  return sum;
}

std::string over_tcp(const std::string& address) {
  return source_of({false, 0, address});
}

}  // namespace

TEST_SUITE("agent/admission") {
  TEST_CASE("all of the loopback network is one source, and so is a network of IPv6") {
    for (const char* address :
         {"127.0.0.1", "127.0.0.2", "127.255.255.254", "::1", "::ffff:127.0.0.1", "::ffff:127.9.9.9"}) {
      CAPTURE(address);
      CHECK(over_tcp(address) == over_tcp("127.0.0.1"));
    }
    CHECK(over_tcp("192.0.2.1") != over_tcp("192.0.2.2"));
    CHECK(over_tcp("192.0.2.1") == over_tcp("::ffff:192.0.2.1"));
    CHECK(over_tcp("192.0.2.1") != over_tcp("127.0.0.1"));
    CHECK(over_tcp("2001:db8::1") == over_tcp("2001:db8:0:0:ffff::2"));
    CHECK(over_tcp("2001:db8::1") != over_tcp("2001:db8:0:1::1"));
    CHECK(source_of({true, 1000, "127.0.0.1"}) != source_of({true, 1001, "127.0.0.1"}));
    CHECK(source_of({true, 1000, "127.0.0.1"}) != over_tcp("127.0.0.1"));
  }

  TEST_CASE("no source has more than half of the places, and its oldest idle connection makes room for its next one") {
    House house(160);
    const Fakes first = house.enter(80, Group::kNetwork, "loopback");
    CHECK(told(first) == 0);
    const Fakes more = house.enter(3, Group::kNetwork, "loopback");
    CHECK(more.size() == 3);
    CHECK(told(first) == 3);
    CHECK(first[0]->told + first[1]->told + first[2]->told == 3);
    CHECK(house.admission.size() == 80);
  }

  TEST_CASE("the network leaves places to the unix socket, and others there leave some to managers") {
    House house(160);
    for (int i = 0; i < 40; ++i) house.enter(10, Group::kNetwork, kms::cat("host ", std::to_string(i)));
    CHECK(house.admission.size() == 120);
    house.enter(40, Group::kLocal, "uid 1000");
    CHECK(house.admission.size() == 150);  // and a manager is let in without ado
    const Fakes managers = house.enter(10, Group::kManager, "uid 0");
    CHECK(managers.size() == 10);
    CHECK(house.admission.size() == 160);
    CHECK(house.enter(1, Group::kManager, "uid 0").size() == 1);  // at the cost of others
    CHECK(house.admission.size() == 160);
    CHECK(told(managers) == 0);
  }

  TEST_CASE("one who holds all that can be held does not keep the owner out") {
    House house(16);
    for (int turn = 0; turn < 100; ++turn) {
      house.enter(1, Group::kNetwork, "loopback");
      house.enter(1, Group::kNetwork, "192.0.2.1");
      house.enter(1, Group::kLocal, "uid 1003");
    }
    for (const auto& each : house.all) each->serve();  // and all of them at work
    CHECK(house.enter(1, Group::kManager, "uid 1001").size() == 1);
    CHECK(house.enter(1, Group::kNetwork, "loopback").empty());
  }

  TEST_CASE("who is served stays, and who proved who he is stays as long as others do not have to") {
    House house(32);
    const Fakes first = house.enter(16, Group::kNetwork, "loopback");
    first[0]->serve();
    first[1]->know();
    house.enter(1, Group::kNetwork, "loopback");
    CHECK(first[0]->told == 0);
    CHECK(first[1]->told == 0);
    CHECK(first[2]->told == 1);
    house.enter(20, Group::kNetwork, "loopback");
    CHECK(first[0]->told == 0);
    CHECK(first[1]->told == 1);
  }

  TEST_CASE("of several sources, the one that has most makes room") {
    House house(32);
    const Fakes many = house.enter(16, Group::kNetwork, "192.0.2.1");
    const Fakes few = house.enter(8, Group::kNetwork, "192.0.2.2");
    CHECK(house.enter(4, Group::kNetwork, "192.0.2.3").size() == 4);
    CHECK(told(many) == 4);
    CHECK(told(few) == 0);
  }

  TEST_CASE("who is told to go and does not is counted: nobody gets beyond the files that the system gives") {
    Admission admission(1000);
    Fakes in;
    for (int i = 0; i < 2000; ++i) {
      auto each = std::make_shared<Fake>();
      if (admission.enter(each, Group::kNetwork, "loopback")) in.push_back(each);
    }
    CHECK(in.size() == 564);
    CHECK(told(in) == 64);
  }

  TEST_CASE("bodies under way have a budget, and the one under way for longest gives way") {
    BodyBudget budget(100);
    Fakes in;
    for (int i = 0; i < 4; ++i) in.push_back(std::make_shared<Fake>());
    CHECK(budget.claim(in[0], 40));
    CHECK(budget.claim(in[1], 40));
    CHECK(told(in) == 0);
    CHECK(budget.claim(in[2], 30));
    CHECK(in[0]->told == 1);
    CHECK(in[1]->told == 0);
    budget.release(*in[0]);  // has none any more
    CHECK(budget.left() == 30);
    budget.release(*in[1]);
    CHECK(budget.left() == 70);
    CHECK(budget.claim(in[3], 70));
    CHECK(in[2]->told == 0);
    CHECK_FALSE(budget.claim(in[0], 101));
    for (const auto& each : in) budget.release(*each);
    CHECK(budget.left() == 100);
  }
}
