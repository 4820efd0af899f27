// A long list of which a copy is cheap: it shares blocks with what it was copied from until it writes into one. For snapshots
// that many read and of which the next, made from a copy, differs in a few places.
#pragma once

#include <cstddef>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

namespace madang {

/// Once a list was copied it is only read: the copy is what goes on. Then distinct lists may be used by distinct threads.
template <typename T>
class Blocks {
 public:
  class Iterator {
   public:
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using reference = T const&;
    using pointer = T const*;
    using iterator_category = std::forward_iterator_tag;

    Iterator() = default;
    Iterator(Blocks const& list, std::size_t at) : list_(&list), at_(at) {}
    reference operator*() const { return (*list_)[at_]; }
    pointer operator->() const { return &(*list_)[at_]; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    Iterator operator++(int) {
      auto const before = *this;
      ++at_;
      return before;
    }
    friend bool operator==(Iterator const& a, Iterator const& b) { return a.at_ == b.at_; }

   private:
    Blocks const* list_ = nullptr;
    std::size_t at_ = 0;
  };
  using const_iterator = Iterator;
  using value_type = T;

  Blocks() = default;
  ~Blocks() = default;
  /// The copy owns no block; nor may the other write any more while copies of it live.
  Blocks(Blocks const& other) : blocks_(other.blocks_), owned_(other.blocks_.size(), false), size_(other.size_) {}
  Blocks& operator=(Blocks const& other) {
    auto copy = other;
    std::swap(blocks_, copy.blocks_);
    std::swap(owned_, copy.owned_);
    size_ = copy.size_;
    return *this;
  }
  Blocks(Blocks&&) noexcept = default;
  Blocks& operator=(Blocks&&) noexcept = default;

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  T const& operator[](std::size_t at) const { return (*blocks_[at / kBlock])[at % kBlock]; }
  [[nodiscard]] T const& front() const { return (*this)[0]; }
  [[nodiscard]] Iterator begin() const { return {*this, 0}; }
  [[nodiscard]] Iterator end() const { return {*this, size_}; }

  void push_back(T value) {
    if (size_ % kBlock == 0) {
      blocks_.push_back(std::make_shared<std::vector<T>>());
      owned_.push_back(true);
    }
    own(blocks_.size() - 1).push_back(std::move(value));
    ++size_;
  }
  void set(std::size_t at, T value) { own(at / kBlock)[at % kBlock] = std::move(value); }
  /// What is new is `value`. Never shorter.
  void grow(std::size_t size, T const& value) {
    while (size_ < size) push_back(value);
  }

 private:
  static constexpr std::size_t kBlock = 512;

  std::vector<T>& own(std::size_t block) {
    if (!owned_[block]) {
      blocks_[block] = std::make_shared<std::vector<T>>(*blocks_[block]);
      owned_[block] = true;
    }
    return *blocks_[block];
  }
  std::vector<std::shared_ptr<std::vector<T>>> blocks_;
  std::vector<bool> owned_;  ///< made by this list: nobody else reads the block
  std::size_t size_ = 0;
};

}  // namespace madang
