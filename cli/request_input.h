#pragma once
// Options that every command of an operation has: the request as a document, JSON or YAML, and a sample of a request or
// an answer.
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "cli/argument_parser.h"
#include "core/base/json.h"
#include "core/service/field.h"

namespace kms::cli {

// Of what --generate-cli-skeleton asks for a sample.
enum class Skeleton : std::uint8_t { kNone, kRequest, kYamlRequest, kAnswer };

// The options as they were given; as good as the App that has them lives.
class RequestInput {
 public:
  explicit RequestInput(ArgumentParser& parser);

  Skeleton skeleton() const;
  // The members that the document has, which must be of those that `fields` lists, without those that `replaced` says
  // options replace; an empty object when there is no document. The text is wiped: it may hold plaintext. Throws kUsage
  // that names the option and the member; kFile when a file cannot be read.
  Json request(const std::vector<Field>& fields, const std::function<bool(std::string_view member)>& replaced,
               bool raw_binary) const;

 private:
  Argument json_;
  Argument yaml_;
  Argument skeleton_;
};

}  // namespace kms::cli
