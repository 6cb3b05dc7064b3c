using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace RespKv.Hosting;

/// <summary>RespKv in a program's own host.</summary>
public static class RespKvServiceCollectionExtensions
{
    /// <summary>
    /// Hosts a server: started with the host, before the services that were registered behind it, and stopped with it. It is there as the singleton
    /// <see cref="RespKvServer"/>, which says where to connect to.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Changes the options; null: a free port, a temporary directory.</param>
    public static IServiceCollection AddRespKv(this IServiceCollection services, Action<RespKvOptions>? configure = null)
    {
        var options = new RespKvOptions();
        configure?.Invoke(options);
        return services.AddRespKv(options);
    }

    /// <inheritdoc cref="AddRespKv(IServiceCollection, Action{RespKvOptions}?)"/>
    /// <param name="services">The host's services.</param>
    /// <param name="options">What is asked of the server.</param>
    public static IServiceCollection AddRespKv(this IServiceCollection services, RespKvOptions options)
    {
        services.AddSingleton(provider => new RespKvServer(options, provider.GetService<ILogger<RespKvServer>>()));
        services.AddHostedService(provider => provider.GetRequiredService<RespKvServer>());
        return services;
    }
}
