#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace leftfold::inline v0 {

template <class Signature>
class unique_function;

/// A callable that need not be copyable, called once or often: what std::move_only_function is in C++23. An empty one
/// (default-made, or moved from) must not be called. Costs one allocation.
template <class R, class... Args>
class unique_function<R(Args...)> {
public:
    unique_function() = default;

    template <class F>
    requires(!std::is_same_v<std::remove_cvref_t<F>, unique_function> && std::is_invocable_r_v<R, F&, Args...>)
        unique_function(F&& f)  // NOLINT(google-explicit-constructor): stands for the callable itself
        : held_(std::make_unique<holder<std::remove_cvref_t<F>>>(std::forward<F>(f))) {}

    explicit operator bool() const { return held_ != nullptr; }
    R operator()(Args... args) { return held_->call(std::forward<Args>(args)...); }

private:
    struct base {
        virtual ~base() = default;
        virtual R call(Args... args) = 0;
    };
    template <class F>
    struct holder final : base {
        template <class G>
        explicit holder(G&& g) : f(std::forward<G>(g)) {}
        R call(Args... args) override { return f(std::forward<Args>(args)...); }
        F f;
    };

    std::unique_ptr<base> held_;
};

template <class Signature>
class function_ref;

/// A borrowed callable: two pointers, no allocation. Valid only while the callable lives, so it is for parameters
/// alone.
template <class R, class... Args>
class function_ref<R(Args...)> {
public:
    template <class F>
    requires(!std::is_same_v<std::remove_cvref_t<F>, function_ref> && std::is_invocable_r_v<R, F&, Args...>)
        function_ref(F&& f)  // NOLINT(google-explicit-constructor): stands for the callable itself
        : object_(const_cast<void*>(static_cast<const void*>(std::addressof(f)))),
          call_([](void* object, Args... args) -> R {
              return (*static_cast<std::remove_reference_t<F>*>(object))(std::forward<Args>(args)...);
          }) {}

    R operator()(Args... args) const { return call_(object_, std::forward<Args>(args)...); }

private:
    void* object_;
    R (*call_)(void*, Args...);
};

}  // namespace leftfold::inline v0
