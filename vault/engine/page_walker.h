#pragma once
// Reads the pages of an LMDB 0.9 data file with pread(2), so that a damaged file is found out before LMDB follows its
// numbers through mapped memory. The format is that of mdb.c (MDB_page, MDB_meta, MDB_node) on a 64-bit little-endian
// machine.
#include "vault/engine/lmdb_version.h"

namespace kms::vault {

// Another LMDB may use another format, in which sound pages look damaged and damaged ones sound: with one that is not
// 0.9 nothing is read. UnsupportedOperationException then, from what follows as well.
void require_known_format(const LmdbVersion& in_use);

// LMDB accepts both meta pages, the one that it will use makes sense, and the pages that this one counts are in the
// file. VaultDamagedException otherwise. The other meta page may be what a failed commit left. Constant time, except
// for a file that is shorter than counted: LMDB may leave free pages at the end unwritten, which only a walk over the
// pages can tell from a cut. Others may commit meanwhile.
void require_sound_metas(int fd);

// require_sound_metas(), and every page that the trees of the meta page in use reach: numbers in range, none reached
// twice, nodes inside their page, keys rising, free pages not in use. Time and memory are bounded by the size of the
// file. Nobody may commit meanwhile.
void require_sound_pages(int fd);

// Of an empty file that LMDB made outside of a directory of its own: it writes that down (MDB_NOSUBDIR) among the flags
// of the list of free pages, where a file of a vault has none. FileException.
void clear_place_flag(int fd);

}  // namespace kms::vault
