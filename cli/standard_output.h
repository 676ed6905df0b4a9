#pragma once
// What becomes of standard output. A command whose reader goes away, as head does, ends as filters end: without a word,
// by SIGPIPE. Every other failure is a FileException.
#include "core/base/bytes.h"

namespace kms::cli {

void write_output(ByteView bytes);
void flush_output();  // of std::cout

// Whether a call above failed because nobody reads standard output any more.
bool has_lost_reader();

}  // namespace kms::cli
