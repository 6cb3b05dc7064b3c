return await RespKv.Server.ServerProgram.RunAsync(args).ConfigureAwait(false);
