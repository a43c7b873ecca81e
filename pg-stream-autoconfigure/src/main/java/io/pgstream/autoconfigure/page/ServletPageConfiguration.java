package io.pgstream.autoconfigure.page;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** The page by Spring MVC. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({DispatcherServlet.class, RouterFunction.class})
class ServletPageConfiguration {

    /** Where Spring Security's filter leaves its token. */
    private static final String CSRF = "_csrf";

    @Bean
    RouterFunction<ServerResponse> pgStreamPageRoutes(PageHandler page) {
        String path = page.path();
        return RouterFunctions.route()
                .GET(path, request -> response(page.redirect()))
                .GET(path + "/", request -> response(page.index()))
                .GET(path + "/page.css", request -> response(page.style()))
                .GET(path + "/page.js", request -> response(page.script()))
                .GET(
                        path + "/api/overview",
                        request ->
                                response(page.overview(request.attribute(CSRF).orElse(null))))
                .GET(path + "/api/table", request -> response(page.table(parameter(request, "name"))))
                .POST(
                        path + "/api/act",
                        request -> response(page.act(
                                request.headers().firstHeader(PageHandler.HEADER),
                                parameter(request, "name"),
                                parameter(request, "action"))))
                .build();
    }

    private static @Nullable String parameter(ServerRequest request, String name) {
        return request.param(name).orElse(null);
    }

    private static ServerResponse response(PageResponse page) {
        return ServerResponse.status(page.status())
                .headers(headers -> page.headers().forEach(headers::set))
                .build((request, response) -> {
                    response.getOutputStream().write(page.body());
                    return null;
                });
    }
}
