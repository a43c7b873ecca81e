package io.pgstream.autoconfigure.page;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The page by Spring WebFlux. What asks the database runs on threads that may wait. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnClass({DispatcherHandler.class, RouterFunction.class, Mono.class})
class ReactivePageConfiguration {

    /** Where Spring Security's filter leaves its token. */
    private static final String CSRF = "org.springframework.security.web.server.csrf.CsrfToken";

    @Bean
    RouterFunction<ServerResponse> pgStreamPageRoutes(PageHandler page) {
        String path = page.path();
        return RouterFunctions.route()
                .GET(path, request -> response(page::redirect))
                .GET(path + "/", request -> response(page::index))
                .GET(path + "/page.css", request -> response(page::style))
                .GET(path + "/page.js", request -> response(page::script))
                .GET(path + "/api/overview", request -> overview(request, page))
                .GET(path + "/api/table", request -> response(() -> page.table(parameter(request, "name"))))
                .POST(
                        path + "/api/act",
                        request -> response(() -> page.act(
                                request.headers().firstHeader(PageHandler.HEADER),
                                parameter(request, "name"),
                                parameter(request, "action"))))
                .build();
    }

    private static Mono<ServerResponse> overview(ServerRequest request, PageHandler page) {
        Object token = request.attribute(CSRF).orElse(null);
        return (token instanceof Mono<?> later)
                ? later.flatMap(known -> response(() -> page.overview(known)))
                        .switchIfEmpty(Mono.defer(() -> response(() -> page.overview(null))))
                : response(() -> page.overview(token));
    }

    private static @Nullable String parameter(ServerRequest request, String name) {
        return request.queryParam(name).orElse(null);
    }

    private static Mono<ServerResponse> response(Callable<PageResponse> work) {
        return Mono.fromCallable(work)
                .subscribeOn(Schedulers.boundedElastic())
                .flatMap(page -> ServerResponse.status(page.status())
                        .headers(headers -> page.headers().forEach(headers::set))
                        .bodyValue(page.body()));
    }
}
