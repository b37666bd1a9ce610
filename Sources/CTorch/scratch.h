// Room that a thread keeps between calls.
#pragma once
#include <cstddef>
#include <cstdlib>

namespace formcast {

// At least this many bytes, unset, on a cache line of their own; the same ones at the thread's next call from the same `User`.
template <typename User>
void *scratch(size_t byteCount) {
  struct Room {
    void *data = nullptr;
    size_t byteCount = 0;
    ~Room() { std::free(data); }
  };
  static thread_local Room room;
  if (room.byteCount < byteCount) {
    std::free(room.data);
    room.byteCount = (byteCount + 63) / 64 * 64;
    room.data = std::aligned_alloc(64, room.byteCount);
  }
  return room.data;
}

}  // namespace formcast
