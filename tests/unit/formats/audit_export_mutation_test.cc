// Ten thousand ways to change an export, drawn at random: each is refused, and where one entry alone was touched, that
// entry is named.
#include <doctest/doctest.h>

#include <random>
#include <utility>

#include "tests/support/effort.h"
#include "tests/unit/formats/exported_log.h"

using namespace kms;
using namespace kms::formats;
using kms::testing::ExportedLog;
using kms::testing::joined_lines;
using kms::testing::lines_of_export;
using kms::testing::report_of;

namespace {

using Lines = std::vector<std::string>;

// An export in its lines, and what is known of each.
struct MutableExport {
  const ExportedLog& log;
  Lines lines;
  std::vector<std::size_t> entry_lines;    // places of the lines that are entries; that of entry N is the N-th
  std::vector<std::size_t> control_lines;  // of the others

  explicit MutableExport(const ExportedLog& of) : log(of), lines(lines_of_export(of.text())) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const bool is_entry = kind_of_export_line(lines[i]) == AuditExportLine::kEntry;
      (is_entry ? entry_lines : control_lines).push_back(i);
    }
  }
  std::string& entry(std::size_t number) { return lines.at(entry_lines.at(number)); }
  Lines::iterator at(std::size_t place) { return lines.begin() + static_cast<std::ptrdiff_t>(place); }
  Lines::iterator at_entry(std::size_t number) { return at(entry_lines.at(number)); }
};

// What was done, and which finding has to be among those that are given: a fault with the number of an entry, or the
// line of the file.
struct Mutation {
  std::string name;
  std::string text;
  std::optional<AuditFault> fault = {};
  std::optional<std::uint64_t> entry = {};
  std::optional<std::uint64_t> line = {};
};

class Mutator {
 public:
  explicit Mutator(unsigned seed) : chance_(seed) {}

  std::size_t below(std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(chance_); }
  template <class T>
  const T& pick(const std::vector<T>& all) {
    return all[below(all.size())];
  }

  // Any byte but the line feed becomes any other.
  void change_byte(std::string& line) {
    char& byte = line[below(line.size() - 1)];
    const char before = byte;
    while (byte == before || byte == '\n') byte = static_cast<char>(below(256));
  }

  Mutation of_one_entry(MutableExport file) {
    const std::size_t count = file.entry_lines.size();
    const std::size_t one = below(count);
    const std::size_t other = below(count);
    switch (below(6)) {
      case 0:
        change_byte(file.entry(one));
        return {"edit", joined_lines(file.lines), AuditFault::kEdited, one};
      case 1:
        file.lines.erase(file.at_entry(one));
        return {"drop", joined_lines(file.lines), AuditFault::kMissing, one};
      case 2: {
        const std::string line = file.entry(one);
        file.lines.insert(file.at_entry(one), line);
        return {"double", joined_lines(file.lines), AuditFault::kDoubled, one};
      }
      case 3: {
        const std::size_t place = file.entry_lines[one];
        file.lines.insert(file.at(place), cat("{\"n\":", std::to_string(below(1000)), "}\n"));
        return {"insert", joined_lines(file.lines), AuditFault::kInserted, std::nullopt, place + 1};
      }
      case 4: {
        file.entry(one) = cat(ExportedLog(other + 1, "elsewhere").entries().back(), "\n");
        return {"of another log", joined_lines(file.lines), AuditFault::kEdited, one};
      }
      default:
        return moved(std::move(file), one, other);
    }
  }

  // Next to each other, it is as well the other one that was moved.
  Mutation moved(MutableExport file, std::size_t one, std::size_t other) {
    const bool apart = (one > other ? one - other : other - one) > 1;
    if (one == other) other = one == 0 ? file.entry_lines.size() - 1 : one - 1;
    if (one == other) return {"only one", "", std::nullopt};
    const std::size_t from = file.entry_lines[one];
    const std::size_t to = file.entry_lines[other];
    std::string line = file.lines[from];
    if (below(2) == 0) {
      std::swap(file.lines[from], file.lines[to]);
      return {"swap", joined_lines(file.lines)};
    }
    file.lines.erase(file.at(from));
    file.lines.insert(file.at(to), std::move(line));
    Mutation mutation{"move", joined_lines(file.lines)};
    if (apart) {
      mutation.fault = AuditFault::kMoved;
      mutation.entry = one;
    }
    return mutation;
  }

  Mutation of_the_file(MutableExport file) {
    const std::string whole = joined_lines(file.lines);
    switch (below(5)) {
      case 0:
        return {"cut at a byte", whole.substr(0, below(whole.size()))};
      case 1:
        file.lines.resize(below(file.lines.size()));
        return {"cut at a line", joined_lines(file.lines)};
      case 2: {
        change_byte(file.lines[file.control_lines[below(file.control_lines.size())]]);
        return {"byte of another line", joined_lines(file.lines)};
      }
      case 3: {
        file.lines.erase(file.at(file.control_lines[below(file.control_lines.size())]));
        return {"another line dropped", joined_lines(file.lines)};
      }
      default: {
        std::string line = file.lines[file.control_lines[below(file.control_lines.size())]];
        file.lines.insert(file.at(below(file.lines.size() + 1)), std::move(line));
        return {"another line doubled", joined_lines(file.lines)};
      }
    }
  }

 private:
  std::mt19937 chance_;
};

// What the verification says of it; nothing where it was taken for good.
std::optional<std::vector<AuditFinding>> verdict(const Mutation& mutation, const AuditExportDemands& demands) {
  try {
    auto report = report_of(mutation.text, demands);
    if (report.verified()) return std::nullopt;
    return std::move(report.findings);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kValidation);
    return std::vector<AuditFinding>{};
  }
}

bool names_what_was_done(const Mutation& mutation, const std::vector<AuditFinding>& findings) {
  if (!mutation.fault) return true;
  return findings.size() == 1 && findings.front().fault == *mutation.fault &&
         (!mutation.entry || findings.front().entry == mutation.entry) &&
         (!mutation.line || findings.front().line == *mutation.line);
}

void try_mutation(const Mutation& mutation, const AuditExportDemands& demands) {
  const auto findings = verdict(mutation, demands);
  CAPTURE(mutation.name);
  CAPTURE(mutation.text);
  REQUIRE(findings.has_value());
  REQUIRE(names_what_was_done(mutation, *findings));
}

std::vector<ExportedLog> logs_to_change() {
  std::vector<ExportedLog> logs;
  for (const std::size_t size : {1U, 2U, 3U, 7U, 8U, 12U, 20U, 31U, 32U, 40U, 257U, 300U}) logs.emplace_back(size);
  return logs;
}

}  // namespace

TEST_SUITE("formats/audit_export_mutation") {
  TEST_CASE("six thousand changes of one entry are refused, and each names the entry") {
    const std::vector<ExportedLog> logs = logs_to_change();
    const std::vector<MutableExport> exports(logs.begin(), logs.end());
    Mutator mutator(1);
    for (int turn = 0; turn < repetitions(6000); ++turn) {
      const MutableExport& file = mutator.pick(exports);
      const Mutation mutation = mutator.of_one_entry(file);
      if (!mutation.text.empty()) try_mutation(mutation, file.log.demands());
    }
  }

  TEST_CASE("three thousand changes of the file or its other lines are refused") {
    const std::vector<ExportedLog> logs = logs_to_change();
    const std::vector<MutableExport> exports(logs.begin(), logs.end());
    Mutator mutator(2);
    for (int turn = 0; turn < repetitions(3000); ++turn) {
      const MutableExport& file = mutator.pick(exports);
      try_mutation(mutator.of_the_file(file), file.log.demands());
    }
  }

  TEST_CASE("a thousand logs that were forked and exported anew are refused") {
    const std::vector<ExportedLog> logs = logs_to_change();
    Mutator mutator(3);
    for (int turn = 0; turn < repetitions(1000); ++turn) {
      const ExportedLog& log = mutator.pick(logs);
      auto demands = log.demands();
      if (mutator.below(2) == 0) {
        try_mutation({"another key", ExportedLog(log.size(), "event", 1).text()}, demands);
        continue;
      }
      // The owner of the key changes what comes behind a prefix, and signs that.
      const std::size_t prefix = mutator.below(log.size());
      const std::size_t size = prefix + 1 + mutator.below(10);
      ExportedLog forked(size);
      for (std::size_t i = prefix; i < size; ++i) forked.entries()[i] = cat("{\"fork\":", std::to_string(i), "}");
      const std::uint64_t seen = prefix + 1 + mutator.below(log.size() - prefix);
      (mutator.below(2) == 0 ? demands.newer : demands.older) = log.checkpoint(seen);
      try_mutation({"forked", forked.text()}, demands);
    }
  }
}
