#pragma once
// Commands that are one operation under another name: a row says which members of the request the words give.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/argument_parser.h"
#include "cli/command_of.h"
#include "cli/commands/lists.h"
#include "cli/session.h"
#include "core/base/json.h"
#include "core/ops/table.h"
#include "core/service/field.h"

namespace kms::cli {

// How a text becomes the member.
enum class Reading : std::uint8_t {
  kValue,      // as the type of the member says
  kKey,        // what names a key, for operations that take no alias
  kAliasName,  // alias/ may be left out
  kFile,       // the text of the file
  kPairs,      // KEY=VALUE each
  kTags,       // the same, of tags
};

struct OptionRow {
  std::string_view names;   // "slot-id", "-k,--key-id"
  std::string_view member;  // of the request: whether it is required, and what it may be, the operation says
  Reading reading = Reading::kValue;
  std::string_view help = {};  // empty: what the operation says of the member
  bool may_be_empty = false;   // an empty value is one, and not a variable that nobody set
};

// What is shown of the answer.
enum class Shows : std::uint8_t {
  kAnswer,  // as the options say, page by page where it has pages; nothing where there is none
  kPolicy,  // the document in its member Policy
};

struct OperationRow {
  std::string_view path;
  std::string_view summary;
  std::string_view group;
  std::vector<OptionRow> options;
  Shows shows = Shows::kAnswer;
};

// The options of a row as they were given; as good as the App lives.
class OperationOptions {
 public:
  OperationOptions() = default;
  OperationOptions(const OperationInfo& operation, std::vector<OptionRow> rows)
      : operation_(&operation), rows_(std::move(rows)) {}

  template <class Visitor>
  void fields(Visitor& visit) {
    for (const OptionRow& row : rows_) given_.push_back(add(visit, row));
  }
  // May ask the service what an alias means, and read files.
  Json request(Session& session) const;

 private:
  const Field& field_of(const OptionRow& row) const;
  Argument add(OptionFields& visit, const OptionRow& row) const;
  const OperationInfo* operation_ = nullptr;
  std::vector<OptionRow> rows_;
  std::vector<Argument> given_;
};

Command operation_command(const OperationInfo& operation, OperationRow row);
template <auto kHandler>
Command operation_command(OperationRow row) {
  return operation_command(row_of<kHandler>(), std::move(row));
}

// A list: what the row says, and --wide.
struct ListOptions {
  OperationOptions operation;
  bool wide = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    operation.fields(visit);
    add_wide(visit, wide);
  }
};

// `add` makes rows of a table of each answer, see show_list().
template <auto kHandler>
Command list_command(OperationRow row, std::vector<Column> columns,
                     void (*add)(Listing&, const ResponseOf<kHandler>&, Session&)) {
  const OperationInfo& operation = row_of<kHandler>();
  const auto run = [columns = std::move(columns), add](Session& session, const ListOptions& options) {
    show_list<kHandler>(session, options.operation.request(session), options.wide, Listing(columns),
                        [&](Listing& rows, const ResponseOf<kHandler>& answer) { add(rows, answer, session); });
  };
  return command<ListOptions>(std::string(row.path), row.summary, row.group, run, &operation,
                              {OperationOptions(operation, std::move(row.options))});
}

}  // namespace kms::cli
