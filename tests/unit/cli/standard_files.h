#pragma once
// Standard input and output of a command in a test: files without a name.
#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "cli/standard_streams.h"
#include "core/base/bytes.h"
#include "core/base/file.h"

namespace kms::test {

class StandardFiles {
 public:
  explicit StandardFiles(std::string_view input) : input_(memfd_create("in", 0)), output_(memfd_create("out", 0)) {
    write_all(input_.get(), as_bytes(input), "standard input of a test");
    lseek(input_.get(), 0, SEEK_SET);
  }

  cli::StandardStreams streams() const { return cli::StandardStreams(input_.get(), output_.get()); }
  // What was written to standard output itself, and not through a stream of C++.
  std::string written() const {
    constexpr std::size_t kLimit = 1U << 26U;
    lseek(output_.get(), 0, SEEK_SET);
    return std::string(as_text(read_all(output_.get(), kLimit, "standard output of a test")));
  }

 private:
  UniqueFd input_;
  UniqueFd output_;
};

}  // namespace kms::test
