// What a lock guards, said so that clang can check it (-Wthread-safety, run by tools/tidy --clang); to g++ the words are empty.
// Source: https://releases.llvm.org/19.1.0/tools/clang/docs/ThreadSafetyAnalysis.html
#pragma once

#if defined(__clang__)
#define MADANG_CHECKED_BY_CLANG(word) __attribute__((word))
#else
#define MADANG_CHECKED_BY_CLANG(word)
#endif

/// A member that is read and written under this lock only; or, of a pointer, what it points to.
#define MADANG_GUARDED_BY(lock) MADANG_CHECKED_BY_CLANG(guarded_by(lock))
#define MADANG_POINTEE_GUARDED_BY(lock) MADANG_CHECKED_BY_CLANG(pt_guarded_by(lock))

/// A function, or a lambda behind its (), that is called with these locks held; SHARED: held for reading at least.
#define MADANG_REQUIRES(...) MADANG_CHECKED_BY_CLANG(requires_capability(__VA_ARGS__))
#define MADANG_REQUIRES_SHARED(...) MADANG_CHECKED_BY_CLANG(requires_shared_capability(__VA_ARGS__))
/// A function that takes these locks itself and so must not be called with them.
#define MADANG_EXCLUDES(...) MADANG_CHECKED_BY_CLANG(locks_excluded(__VA_ARGS__))

/// A function that returns with a lock that it took, or without one that it was called with.
#define MADANG_ACQUIRE(...) MADANG_CHECKED_BY_CLANG(acquire_capability(__VA_ARGS__))
#define MADANG_ACQUIRE_SHARED(...) MADANG_CHECKED_BY_CLANG(acquire_shared_capability(__VA_ARGS__))
#define MADANG_TRY_ACQUIRE(...) MADANG_CHECKED_BY_CLANG(try_acquire_capability(__VA_ARGS__))
#define MADANG_TRY_ACQUIRE_SHARED(...) MADANG_CHECKED_BY_CLANG(try_acquire_shared_capability(__VA_ARGS__))
#define MADANG_RELEASE(...) MADANG_CHECKED_BY_CLANG(release_capability(__VA_ARGS__))
#define MADANG_RELEASE_SHARED(...) MADANG_CHECKED_BY_CLANG(release_shared_capability(__VA_ARGS__))
#define MADANG_RELEASE_EITHER(...) MADANG_CHECKED_BY_CLANG(release_generic_capability(__VA_ARGS__))

/// A function after which clang takes a lock to be held, since it cannot see that it is: with a comment that says why it is right.
#define MADANG_ASSUMES(...) MADANG_CHECKED_BY_CLANG(assert_capability(__VA_ARGS__))

/// A type that is a lock; one whose objects hold a lock while they live.
#define MADANG_LOCK_TYPE MADANG_CHECKED_BY_CLANG(capability("mutex"))
#define MADANG_SCOPED_LOCK_TYPE MADANG_CHECKED_BY_CLANG(scoped_lockable)

/// A function that clang does not look into, since it cannot follow: with a comment that says why it is right.
#define MADANG_UNCHECKED MADANG_CHECKED_BY_CLANG(no_thread_safety_analysis)
