// Memory for millions of small blocks of one size: taken from the system in large slabs on huge pages, where it can
// be, so that writing to the ends of twenty thousand series does not wait for the translation of as many addresses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <vector>

namespace madang::storage {

/// Not thread-safe: its owner's lock guards it. Blocks given back are used again; slabs go with the pool.
class SlabPool {
 public:
  explicit SlabPool(std::size_t block_bytes) : block_bytes_(block_bytes) {}
  SlabPool(SlabPool const&) = delete;
  SlabPool& operator=(SlabPool const&) = delete;

  [[nodiscard]] std::size_t block_bytes() const { return block_bytes_; }
  [[nodiscard]] void* take() {
    if (free_.empty()) return carve();
    void* const block = free_.back();
    free_.pop_back();
    if (free_.size() >= kAhead) fetch(free_[free_.size() - kAhead]);
    return block;
  }
  void give_back(void* block) { free_.push_back(block); }

 private:
  static constexpr std::size_t kAhead = 6;  ///< blocks asked for before they are needed
  struct Unmap {
    void operator()(std::byte* slab) const;
  };
  void* carve();
  /// What was given back long ago has left the caches.
  void fetch(void const* block) const {
    constexpr std::size_t kLine = 64;
    for (std::size_t at = 0; at < block_bytes_; at += kLine) __builtin_prefetch(static_cast<char const*>(block) + at, 1);
  }

  std::size_t block_bytes_;
  std::vector<void*> free_;     ///< beside the blocks, since a look into one is a way to memory
  std::byte* fresh_ = nullptr;  ///< the untouched rest of the newest slab
  std::size_t fresh_bytes_ = 0;
  std::vector<std::unique_ptr<std::byte, Unmap>> slabs_;
};

}  // namespace madang::storage
