# As the demos of XGBoost: the settings are a dictionary.
# found: num_round=100 early_stopping_rounds=10
# missed: max_depth=6 eta=0.3 objective=binary:logistic (in a dictionary)
import xgboost as xgb

dtrain = xgb.DMatrix('../data/agaricus.txt.train?format=libsvm')
dtest = xgb.DMatrix('../data/agaricus.txt.test?format=libsvm')

# specify parameters via map, definition are same as c++ version
param = {'max_depth': 6, 'eta': 0.3, 'objective': 'binary:logistic'}
param['nthread'] = 4

watchlist = [(dtest, 'eval'), (dtrain, 'train')]
num_round = 100
early_stopping_rounds = 10
bst = xgb.train(param, dtrain, num_round, watchlist, early_stopping_rounds=early_stopping_rounds)
preds = bst.predict(dtest)
