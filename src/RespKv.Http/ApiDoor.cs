using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using RespKv.Engine;
using RespKv.Engine.Configuration;
using RespKv.Http.Api;
using RespKv.Http.Api.Keys;
using RespKv.Http.OpenApi;
using RespKv.Http.Security;

namespace RespKv.Http;

/// <summary>Limits, what every request passes, and the endpoints of the API.</summary>
internal static class ApiDoor
{
    public static void AddServices(IServiceCollection services, ServerConfig config)
    {
        ApiDescription.AddServices(services);
        if (config.HttpCorsOrigins.Length > 0)
        {
            services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
                .WithOrigins(config.HttpCorsOrigins.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .WithMethods(HttpMethods.Get, HttpMethods.Head, HttpMethods.Put, HttpMethods.Post, HttpMethods.Delete)
                .AllowAnyHeader()
                .WithExposedHeaders("ETag", "Retry-After", ApiHeaders.Lsn)));
        }

        if (config.HttpRateLimit > 0)
        {
            RateLimit.Add(services, config.HttpRateLimit);
        }
    }

    /// <summary>In the order in which requests pass them.</summary>
    public static void Use(WebApplication application, RespEngine engine)
    {
        application.Use(next =>
        {
            var filter = new RequestFilter(engine);
            return http =>
            {
                KeyPath.Settle(http);
                return filter.InvokeAsync(http, next);
            };
        });
        if (engine.Config.HttpRateLimit > 0)
        {
            application.UseRateLimiter();
        }

        application.UseRouting();
        if (engine.Config.HttpCorsOrigins.Length > 0)
        {
            application.UseCors();
        }
    }

    public static void Map(IEndpointRouteBuilder application)
    {
        CommandEndpoint.Map(application);
        RangeEndpoint.Map(application);
        KeyEndpoints.Map(application);
        BatchEndpoint.Map(application);
        ApiDescription.Map(application);
    }

    public static void Limit(KestrelServerOptions kestrel, ServerConfig config)
    {
        kestrel.AddServerHeader = false;
        KestrelServerLimits limits = kestrel.Limits;
        limits.MaxConcurrentConnections = config.HttpMaxClients;
        limits.MaxConcurrentUpgradedConnections = 0;
        limits.MaxRequestLineSize = HttpLimits.RequestLineBytesMax;
        limits.MaxRequestHeadersTotalSize = HttpLimits.HeaderBytesMax;
        limits.MaxRequestHeaderCount = HttpLimits.HeadersMax;
        limits.MaxRequestBodySize = config.HttpMaxJsonBytes;
        limits.RequestHeadersTimeout = HttpLimits.HeadersWithin;
        limits.KeepAliveTimeout = HttpLimits.KeepAlive;
        limits.MinRequestBodyDataRate = new MinDataRate(HttpLimits.BytesPerSecondMin, HttpLimits.RateGrace);
        limits.MinResponseDataRate = new MinDataRate(HttpLimits.BytesPerSecondMin, HttpLimits.RateGrace);
        limits.Http2.MaxStreamsPerConnection = HttpLimits.StreamsPerConnectionMax;
    }
}
