#include "cli/standard_output.h"

#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <iostream>

#include "core/base/error.h"
#include "core/base/file.h"

namespace kms::cli {
namespace {

std::atomic<bool> reader_is_lost = false;

// Asked of the descriptor: by the time that a stream is found to have failed, errno is that of a later call.
void learn_of_reader() {
  pollfd output{STDOUT_FILENO, 0, 0};
  reader_is_lost = poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
}

}  // namespace

void write_output(ByteView bytes) {
  try {
    write_all(STDOUT_FILENO, bytes, "standard output");
  } catch (const Error&) {
    learn_of_reader();
    throw;
  }
}

void flush_output() {
  if (std::cout.flush()) return;
  learn_of_reader();
  throw Error(ErrorCode::kFile, "standard output cannot be written");
}

bool has_lost_reader() {
  return reader_is_lost;
}

}  // namespace kms::cli
