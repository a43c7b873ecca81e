package io.pgstream.autoconfigure.example;

import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.context.annotation.Configuration;

/** An application whose packages are this one and those below. */
@Configuration(proxyBeanMethods = false)
@AutoConfigurationPackage
public class ExampleApplication {}
