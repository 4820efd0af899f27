// The values of one Datastream that stand in memory, ascending by time: full blocks in a pool, and the newest few in
// the Datastream's own state. An append touches that state alone, and nothing is moved while the series grows.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <vector>

#include "storage/observations/slab_pool.h"

namespace madang::storage {

/// One value that is durable in the log and not yet in a chunk; 40 bytes, since there are millions.
struct HotValue {
  std::int64_t time = 0;
  double value = 0;
  std::int64_t received = 0;
  std::uint32_t arrival = 0;
  std::uint32_t sequence_low = 0;  ///< the lower half of its log sequence
  std::uint32_t quality = 0;       ///< packed
  bool over_chunk = false;         ///< stands in the place of a value that is in a chunk
  bool has_detail = false;
};

[[nodiscard]] inline bool earlier(HotValue const& value, std::int64_t time) { return value.time < time; }

/// A sequence container with what the store needs of one; random access. The pool outlives it. Not thread-safe.
class HotValues {
 public:
  static constexpr std::size_t kBlock = 8;

  explicit HotValues(SlabPool& pool) : pool_(&pool) {}
  ~HotValues();
  HotValues(HotValues const&) = delete;
  HotValues& operator=(HotValues const&) = delete;

  template <typename Owner, typename Value>
  class Iterator {
   public:
    using iterator_category = std::random_access_iterator_tag;
    using value_type = HotValue;
    using difference_type = std::ptrdiff_t;
    using pointer = Value*;
    using reference = Value&;

    Iterator() = default;
    Iterator(Owner* owner, difference_type index) : owner_(owner), index_(index) {}
    operator Iterator<Owner const, Value const>() const { return {owner_, index_}; }
    [[nodiscard]] std::size_t index() const { return static_cast<std::size_t>(index_); }

    reference operator*() const { return (*owner_)[index()]; }
    pointer operator->() const { return &**this; }
    reference operator[](difference_type n) const { return *(*this + n); }
    Iterator& operator+=(difference_type n) {
      index_ += n;
      return *this;
    }
    Iterator& operator-=(difference_type n) { return *this += -n; }
    Iterator& operator++() { return *this += 1; }
    Iterator& operator--() { return *this += -1; }
    Iterator operator++(int) { return {owner_, index_++}; }
    Iterator operator--(int) { return {owner_, index_--}; }
    friend Iterator operator+(Iterator at, difference_type n) { return at += n; }
    friend Iterator operator+(difference_type n, Iterator at) { return at += n; }
    friend Iterator operator-(Iterator at, difference_type n) { return at -= n; }
    friend difference_type operator-(Iterator a, Iterator b) { return a.index_ - b.index_; }
    friend bool operator==(Iterator a, Iterator b) { return a.index_ == b.index_; }
    friend auto operator<=>(Iterator a, Iterator b) { return a.index_ <=> b.index_; }

   private:
    Owner* owner_ = nullptr;
    difference_type index_ = 0;
  };
  using iterator = Iterator<HotValues, HotValue>;
  using const_iterator = Iterator<HotValues const, HotValue const>;

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] HotValue& operator[](std::size_t i) { return *place(first_ + i); }
  [[nodiscard]] HotValue const& operator[](std::size_t i) const { return *place(first_ + i); }
  [[nodiscard]] HotValue const& front() const { return (*this)[0]; }
  [[nodiscard]] HotValue const& back() const { return (*this)[size_ - 1]; }
  [[nodiscard]] iterator begin() { return {this, 0}; }
  [[nodiscard]] iterator end() { return {this, static_cast<std::ptrdiff_t>(size_)}; }
  [[nodiscard]] const_iterator begin() const { return {this, 0}; }
  [[nodiscard]] const_iterator end() const { return {this, static_cast<std::ptrdiff_t>(size_)}; }
  /// Where the next value will be written.
  [[nodiscard]] HotValue const* next_place() const { return &tail_[in_tail() % kBlock]; }

  void push_back(HotValue const& value) {
    push_back_with([&value](HotValue& place) { place = value; });
  }
  /// The value is written where it stays: one built elsewhere and copied in wide words waits for its own narrow stores.
  template <typename Fill>
  void push_back_with(Fill fill) {
    if (in_tail() == kBlock) spill();  // not as soon as it is full: its newest stores would be waited for too
    fill(tail_[in_tail()]);
    ++size_;
  }
  void insert(const_iterator at, HotValue const& value);
  /// From the front it costs nothing but the blocks that it gives back.
  void erase(const_iterator from, const_iterator to);

 private:
  using Block = std::array<HotValue, kBlock>;

  [[nodiscard]] std::size_t in_tail() const { return first_ + size_ - blocks_.size() * kBlock; }
  [[nodiscard]] HotValue const* place(std::size_t slot) const {
    std::size_t const block = slot / kBlock;
    return block < blocks_.size() ? blocks_[block] + slot % kBlock : &tail_[slot % kBlock];
  }
  [[nodiscard]] HotValue* place(std::size_t slot) {
    return const_cast<HotValue*>(static_cast<HotValues const*>(this)->place(slot));
  }
  void spill();
  void pop_back();

  SlabPool* pool_;
  std::vector<HotValue*> blocks_;  ///< all full; slots before first_ of the first are free
  std::uint32_t first_ = 0;
  std::uint32_t size_ = 0;
  Block tail_{};                   ///< the slots after the last full block
};

}  // namespace madang::storage
